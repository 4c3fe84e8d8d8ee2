import { describe, expect, it } from "vitest";
import { startBroker } from "../../../local/service-bus/broker.ts";
import { config, peekBodies, send } from "../../support/fixture-app/queues.ts";
import { eventually, startHost, temporaryApp } from "../../support/fixture-app/start-host.ts";

const hostJson = { version: "2.0", functionTimeout: "00:00:01" };

const stuck = `
  import { app } from "@azure/functions";
  app.get("pid", { handler: () => ({ jsonBody: process.pid }) });
  app.get("stuck", { handler: () => new Promise(() => {}) });
  app.get("loops", { handler: () => { for (;;); } });
`;

describe("functionTimeout", () => {
  it("takes the process down, says for which function, and answers what ran with 500", async () => {
    await using app = await temporaryApp({ "main.js": stuck }, hostJson);
    await using host = startHost({ root: app.path });
    const url = await host.ready();

    const answer = await fetch(`${url}/api/stuck`);

    expect(answer.status).toBe(500);
    expect(await host.exitCode).toBe(1);
    expect(host.logLines("stuck ran longer than functionTimeout (1000 ms)").at(0)).toContain(
      "[Host] critical",
    );
  });

  it("abandons the messages in work, also those of other functions", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using app = await temporaryApp(
      {
        "main.js": `
          import { app } from "@azure/functions";
          const options = { connection: "ServiceBus", handler: () => new Promise(() => {}) };
          app.serviceBusQueue("a", { ...options, queueName: "once" });
          app.serviceBusQueue("b", { ...options, queueName: "work" });`,
      },
      hostJson,
    );
    const settings = { ServiceBus: broker.connectionString };
    await using host = startHost({ root: app.path, settings });
    await host.ready();

    await send(broker, "once", [{ body: 1 }]);
    await send(broker, "work", [{ body: 2 }]);

    expect(await host.exitCode).toBe(1);
    expect(await peekBodies(broker, "once", "deadLetter")).toEqual([1]);
    expect(await peekBodies(broker, "work")).toEqual([2]);
  });

  it("takes a process down, too, that a function blocks with an endless loop", async () => {
    await using app = await temporaryApp({ "main.js": stuck }, hostJson);
    await using host = startHost({ root: app.path });
    const url = await host.ready();

    await fetch(`${url}/api/loops`).catch(() => "cut");

    expect(await host.exitCode).toBeNull();
    expect(
      host.logLines("loops ran longer than functionTimeout (1000 ms) and blocks"),
    ).toHaveLength(1);
  });

  it("is followed by a start on the same port when the host runs by itself", async () => {
    await using app = await temporaryApp({ "main.js": stuck }, hostJson);
    await using host = startHost({ root: app.path, restarts: true });
    const url = await host.ready();
    const pid = async () => (await fetch(`${url}/api/pid`)).text();
    const first = await pid();

    await fetch(`${url}/api/stuck`);

    await eventually(() => pid().catch(() => first)).not.toBe(first);
    expect(host.stderr()).toContain("The host ended (exit code 1); starting it again in 100 ms.");
    expect(host.stdout().match(/^READY .+$/gm)).toEqual(Array(2).fill(`READY {"url":"${url}"}`));
    host.kill("SIGTERM");
    expect(await host.exitCode).toBe(0);
  });
});

describe("a host that restarts by itself", () => {
  it("starts again after the app crashed", async () => {
    await using app = await temporaryApp({
      "main.js": `
        import { app } from "@azure/functions";
        app.get("pid", { handler: () => ({ jsonBody: process.pid }) });
        app.get("crash", { handler: () => process.kill(process.pid, "SIGKILL") });`,
    });
    await using host = startHost({ root: app.path, restarts: true });
    const url = await host.ready();

    await fetch(`${url}/api/crash`).catch(() => "cut");

    await eventually(() => host.stdout().match(/^READY /gm)?.length).toBe(2);
    expect((await fetch(`${url}/api/pid`)).status).toBe(200);
    expect(host.stderr()).toContain("The host ended (signal SIGKILL)");
  });

  it("does not try again what can't start", async () => {
    await using app = await temporaryApp({ "main.js": 'throw new Error("no database");' });
    await using host = startHost({ root: app.path, restarts: true });

    expect(await host.exitCode).toBe(1);
    expect(host.stderr().match(/no database/g)).toHaveLength(1);
  });

  it("leaves no process behind when it is killed", async () => {
    await using app = await temporaryApp({ "main.js": stuck });
    await using host = startHost({ root: app.path, restarts: true });
    const url = await host.ready();
    await fetch(`${url}/api/pid`);

    host.kill("SIGKILL");

    const answers = () => fetch(`${url}/api/pid`).catch(() => "gone");
    await expect.poll(answers, { timeout: 10_000 }).toBe("gone");
  });
});
