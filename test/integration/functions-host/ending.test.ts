import { describe, expect, it } from "vitest";
import { eventually, startHost, temporaryApp } from "../../support/fixture-app/start-host.ts";

describe("ending", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "lets a running function end on %s, then ends with 0",
    async (signal) => {
      await using host = startHost();
      const url = await host.ready();
      const answer = fetch(`${url}/slow/500`).then((response) => response.text());
      await eventually(() => host.logLines("[Function.slow]").length).toBe(1);

      host.kill(signal);

      expect(await answer).toBe("slow");
      expect(await host.exitCode).toBe(0);
      expect(host.stderr()).toContain("appTerminate after start-up");
    },
  );

  it("takes no new connection while it ends", async () => {
    await using host = startHost();
    const url = await host.ready();
    const answer = fetch(`${url}/slow/800`).then((response) => response.text());
    await eventually(() => host.logLines("[Function.slow]").length).toBe(1);

    host.kill("SIGTERM");

    await eventually(() =>
      fetch(`${url}/nothing`, { headers: { connection: "close" } }).catch(() => "refused"),
    ).toBe("refused");
    expect(await answer).toBe("slow");
  });

  it("ends without waiting for a broker that never came", async () => {
    await using app = await temporaryApp({
      "main.js": `
        import { app } from "@azure/functions";
        app.serviceBusQueue("q", { queueName: "q", connection: "Bus", handler: () => {} });`,
    });
    const Bus =
      "Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true;";
    await using host = startHost({ root: app.path, settings: { Bus } });
    await eventually(() => host.logLines("q: not reachable (").length).toBe(1);

    host.kill("SIGTERM");

    expect(await host.exitCode).toBe(0);
    expect(host.stdout()).not.toContain("READY");
  });
});
