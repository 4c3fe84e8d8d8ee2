import {
  type SimulatorOptions,
  type Simulators,
  startSimulators,
} from "../../../local/simulators/start-simulators.ts";
import { trustedCertificate } from "../trusted-certificate.ts";

/** Value of `IDENTITY_HEADER` in tests. */
export const IDENTITY_HEADER = "test-identity-header";

/** Simulators on free ports in this process; this process trusts their certificate from now on. */
export async function startTestSimulators(
  options: Partial<SimulatorOptions> = {},
): Promise<Simulators> {
  return startSimulators({
    certificate: await trustedCertificate(),
    identityHeader: IDENTITY_HEADER,
    ...options,
  });
}
