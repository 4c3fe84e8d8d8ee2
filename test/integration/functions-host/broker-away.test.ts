import { describe, expect, it } from "vitest";
import { startBroker } from "../../../local/service-bus/broker.ts";
import {
  config,
  logged,
  peekBodies,
  send,
  spawnBroker,
  startQueueHost,
} from "../../support/fixture-app/queues.ts";
import { eventually, temporaryFolder } from "../../support/fixture-app/start-host.ts";

describe("a broker that is away", () => {
  it("is waited for: READY is printed once all queues are open", async () => {
    const placeholder = await startBroker({ port: 0, config });
    await placeholder.close();
    await using host = startQueueHost(placeholder);
    await eventually(() => host.logLines("work: not reachable (").length).toBe(1);
    const stdoutBefore = host.stdout();

    await using broker = await startBroker({ port: placeholder.port, config });
    await host.ready();
    await send(broker, "work", [{ body: { id: "a" } }]);

    await eventually(() => logged(host, "done")).toEqual(["a"]);
    expect(stdoutBefore).not.toContain("READY");
  });

  it("is reconnected to after a restart; what was in work is delivered again", async () => {
    await using data = await temporaryFolder();
    const first = await startBroker({ port: 0, config, dataDir: data.path });
    await using host = startQueueHost(first);
    await host.ready();
    await send(first, "work", [{ body: { id: "a", want: 1500 } }]);
    await eventually(() => logged(host, "start")).toEqual(["a"]);

    await first.close();
    await using broker = await startBroker({ port: first.port, config, dataDir: data.path });

    await eventually(() => logged(host, "start")).toEqual(["a", "a"]);
    await eventually(() => logged(host, "done")).toEqual(["a", "a"]);
    await eventually(() => peekBodies(broker, "work")).toEqual([]);
    expect(host.logLines("lost its link before it settled")).toHaveLength(1);
  });

  it("is not waited for by what it never answered", async () => {
    await using data = await temporaryFolder();
    await using first = await spawnBroker(data.path, 0);
    await using host = startQueueHost(first);
    await host.ready();
    await send(first, "work", [{ body: { id: "a", want: 500 } }]);
    await eventually(() => logged(host, "start")).toEqual(["a"]);
    first.process.kill("SIGSTOP");
    await eventually(() => logged(host, "done")).toEqual(["a"]);

    first.process.kill("SIGKILL");
    await using second = await spawnBroker(data.path, first.port);

    await eventually(() => logged(host, "done")).toEqual(["a", "a"]);
    expect(host.logLines("lost its link before it settled")).toHaveLength(1);
    host.kill("SIGTERM");
    expect(await host.exitCode).toBe(0);
    expect(await peekBodies(second, "work")).toEqual([]);
  });

  it("does not raise the number of calls at once by going away", async () => {
    await using data = await temporaryFolder();
    const first = await startBroker({ port: 0, config, dataDir: data.path });
    await using host = startQueueHost(first);
    await host.ready();
    await send(first, "work", [
      { body: { id: "a", want: 2500 } },
      { body: { id: "b", want: 2500 } },
    ]);
    await eventually(() => logged(host, "start")).toHaveLength(2);
    await first.close();
    await using broker = await startBroker({ port: first.port, config, dataDir: data.path });
    await eventually(() => peekBodies(broker, "work")).toEqual([]);
    const startsBefore = logged(host, "start").length;

    await send(
      broker,
      "work",
      ["c", "d", "e", "f", "g", "h"].map((id) => ({ body: { id, want: 200 } })),
    );

    await eventually(() => logged(host, "done").slice(-6)).toContain("h");
    const running = host
      .logLines("] information start ")
      .slice(startsBefore)
      .map((line) => /(\d+)\}$/.exec(line)?.[1]);
    expect(Math.max(...running.map(Number))).toBe(2);
  });

  it("is told from a queue that does not exist", async () => {
    await using broker = await startBroker({ port: 0, config });

    await using host = startQueueHost(broker, "absent");

    await eventually(
      () => host.logLines("absent: this queue does not exist; trying again").length,
    ).toBe(1);
    expect(host.logLines("absent: listening")).toEqual([]);
    expect(host.stdout()).not.toContain("READY");
  });
});
