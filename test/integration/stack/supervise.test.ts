import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startChild } from "../../../local/stack/child-process.ts";
import { type SupervisedChild, supervise } from "../../../local/stack/supervise.ts";
import { fakeChild } from "../../support/stack/fake-child-spec.ts";
import { isRunning } from "../../support/stack/processes.ts";

const noLine = () => {};

describe("one life of a process", () => {
  it("is ready with what the line says", async () => {
    const child = startChild(fakeChild({ say: "READY now" }), noLine);

    expect(await child.ready).toBe("READY now");
    await child.end();
  });

  it("fails with the exit code and its last lines when it ends before it is ready", async () => {
    const child = startChild(fakeChild({ say: "the port is taken", exit: 3 }), noLine);

    await expect(child.ready).rejects.toThrow(
      "fake ended before it was ready (exit code 3):\nthe port is taken",
    );
  });

  it("fails when it is not ready in its time", async () => {
    const spec = { ...fakeChild({ say: "still busy" }), readyWithinMs: 1_000 };
    const child = startChild(spec, noLine);

    await expect(child.ready).rejects.toThrow("fake was not ready in 1000 ms");
    await child.end();
  });

  it("fails with the line when the line cannot be understood", async () => {
    const read = (line: string) => JSON.parse(line);
    const spec = { ...fakeChild({ say: "READY {" }), readiness: { by: "line" as const, read } };
    const child = startChild(spec, noLine);

    await expect(child.ready).rejects.toThrow("A line cannot be understood: READY {");
    await child.end();
  });

  it("is ended by force when it ignores SIGTERM", async () => {
    const child = startChild(fakeChild({ say: "READY", stubborn: true }), noLine);
    await child.ready;

    await child.end();

    expect(await child.exited).toEqual({ code: null, signal: "SIGKILL" });
  });
});

describe("supervision", () => {
  it("starts a process that was killed again, under another process id", async () => {
    const said: string[] = [];
    await using child = disposable(
      await supervise(fakeChild({ say: "READY" }), noLine, (text) => said.push(text)),
    );
    const firstPid = child.pid;

    await child.kill("SIGKILL");
    await child.whenReady();

    expect(child.starts).toBe(2);
    expect(child.pid).not.toBe(firstPid);
    expect(said).toEqual(["fake ended (signal SIGKILL); starting it again in 100 ms"]);
  });

  it("restarts a process in order", async () => {
    await using child = disposable(await supervise(fakeChild({ say: "READY" }), noLine, noLine));

    const ready = await child.restart();

    expect(ready).toBe("READY");
    expect(child.starts).toBe(2);
  });

  it("leaves nothing running and does not start again after stop", async () => {
    const child = await supervise(fakeChild({ say: "READY" }), noLine, noLine);
    const pid = child.pid ?? 0;

    await child.stop();
    await child.stop();

    expect(await isRunning(pid)).toBe(false);
    expect(child.starts).toBe(1);
    await expect(child.whenReady()).rejects.toThrow("fake is stopped");
  });

  it("can be stopped while it waits to start again", async () => {
    const child = await supervise(fakeChild({ say: "READY" }), noLine, noLine);
    await child.kill("SIGKILL");

    await child.stop();

    expect(child.starts).toBe(1);
    expect(child.pid).toBeUndefined();
  });

  it("does not start a process again whose first start fails", async () => {
    await expect(supervise(fakeChild({ exit: 1 }), noLine, noLine)).rejects.toThrow("exit code 1");
  });

  it.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
    "leaves no orphan when the parent ends by %s",
    async (signal) => {
      const script = fileURLToPath(new URL("../../support/stack/fake-parent.ts", import.meta.url));
      const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
      const [line] = await once(createInterface({ input: parent.stdout }), "line");
      const pid = Number(line);
      const wasRunning = await isRunning(pid);

      parent.kill(signal);

      expect(wasRunning).toBe(true);
      await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    },
  );
});

function disposable<Child extends SupervisedChild<unknown>>(child: Child): Child & AsyncDisposable {
  return Object.assign(child, { [Symbol.asyncDispose]: () => child.stop() });
}
