import { describe, expect, it } from "vitest";
import { type Guided, stackGuide } from "../../../local/stack/stack-guide.ts";

describe("the guide of a running stack", () => {
  it("names the API, the settings and a command that finds the stack", () => {
    const text = stackGuide(guided({}));

    expect(text).toContain("  API         http://127.0.0.1:7071\n");
    expect(text).toContain("  Settings    /data/settings.json\n");
    expect(text).toContain("STUDIO_DSR_STACK=/data/stack.json npx studio-dsr export /ws --wait");
    expect(text).not.toContain("Start the host of");
  });

  it("says where traces go, or how to have them", () => {
    const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };

    expect(stackGuide(guided({ settings }))).toContain("  Traces      http://127.0.0.1:4318\n");
    expect(stackGuide(guided({}))).toContain("  Traces      not sent (--otlp ");
  });

  it("quotes paths for the shell", () => {
    const text = stackGuide(guided({ caFile: "/o'hara/ca file.pem" }));

    expect(text).toContain(String.raw`--cacert '/o'\''hara/ca file.pem'`);
  });

  it("says how to start the host when it was left out", () => {
    const text = stackGuide(guided({ funcFolder: "/data/func" }));

    expect(text).toContain("http://127.0.0.1:7071 (not started)");
    expect(text).toContain(
      "NODE_EXTRA_CA_CERTS=/data/ca.pem npm run host -- --port 7071 --settings /data/settings.json",
    );
    expect(text).toContain(
      "(cd /data/func && SSL_CERT_FILE=/data/ca.pem NODE_EXTRA_CA_CERTS=/data/ca.pem func start)",
    );
  });
});

function guided(changes: Partial<Guided>): Guided {
  const url = "https://127.0.0.1:1";
  return {
    urls: {
      api: "http://127.0.0.1:7071",
      azuriteBlob: url,
      azuriteTable: url,
      token: url,
      studio: url,
      management: url,
      storage: url,
      arm: url,
      entra: url,
      vault: url,
      identity: url,
      execution: "https://127.0.0.1:7109",
      control: url,
      issuer: url,
      jwks: url,
    },
    settings: {},
    settingsFile: "/data/settings.json",
    caFile: "/data/ca.pem",
    workspace: "/ws",
    ...changes,
  };
}
