import { afterEach, expect, it } from "vitest";
import type { Asset } from "../../../shared/core/asset.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import type { Eraser } from "../../../shared/pipeline/ports.ts";

/**
 * An eraser over a workspace without locks that has two assets which a call of its own deletes at once, one that none
 * does, and a sample, or an asset of another workspace.
 */
export type Erasing = {
  readonly eraser: Eraser;
  readonly workspace: Workspace;
  readonly erasable: readonly [Asset, Asset];
  readonly notErasable: Asset;
  readonly foreign: Asset;
};

/** States what every eraser promises. `open` gives a workspace from which nothing was deleted. */
export function eraserContract(open: () => Promise<Erasing & AsyncDisposable>): void {
  let opened: (Erasing & AsyncDisposable) | undefined;
  const start = async () => {
    opened = await open();
    return opened;
  };
  afterEach(async () => {
    await opened?.[Symbol.asyncDispose]();
    opened = undefined;
  });

  it("shows what nobody deleted", async () => {
    const { eraser, workspace, erasable } = await start();

    expect(await eraser.remaining(workspace, erasable)).toEqual(erasable);
    expect(await eraser.remaining(workspace, [])).toEqual([]);
  });

  it("deletes what it is asked to, and nothing else", async () => {
    const { eraser, workspace, erasable } = await start();
    const [one, other] = erasable;

    const erasure = await eraser.erase(workspace, one, allowed);

    expect(erasure).toEqual({ is: "claimed" });
    expect(await eraser.remaining(workspace, erasable)).toEqual([other]);
  });

  it("asks once whether it may, right before it deletes", async () => {
    const { eraser, workspace, erasable } = await start();
    const asked: number[] = [];

    await eraser.erase(workspace, erasable[0], () => {
      asked.push(1);
    });

    expect(asked).toEqual([1]);
  });

  it("deletes nothing when it may not, and throws on what forbade it", async () => {
    const { eraser, workspace, erasable } = await start();
    const held = new Error("held");

    const erasure = eraser.erase(workspace, erasable[0], () => {
      throw held;
    });

    await expect(erasure).rejects.toBe(held);
    expect(await eraser.remaining(workspace, erasable)).toEqual(erasable);
  });

  it("finds gone what was deleted before", async () => {
    const { eraser, workspace, erasable } = await start();
    await eraser.erase(workspace, erasable[0], allowed);

    expect(await eraser.erase(workspace, erasable[0], allowed)).toEqual({ is: "gone" });
  });

  it("refuses what is not the workspace's own, without a call", async () => {
    const { eraser, workspace, foreign } = await start();

    const erasure = eraser.erase(workspace, foreign, notAllowed);

    await expect(erasure).rejects.toMatchObject({ code: "outbound-refused" });
  });

  it("says why no call deletes an asset, and makes none", async () => {
    const { eraser, workspace, erasable, notErasable } = await start();

    const reason = eraser.notErasable(workspace, notErasable);
    const erasure = eraser.erase(workspace, notErasable, notAllowed);

    expect(reason?.detail).toMatch(/\.$/);
    expect(erasable.map((asset) => eraser.notErasable(workspace, asset))).toEqual([null, null]);
    await expect(erasure).rejects.toMatchObject({ code: "not-supported" });
  });

  it("tells of no lock where there is none", async () => {
    const { eraser, workspace } = await start();

    expect(await eraser.blockers([workspace])).toEqual([]);
    expect(await eraser.blockers([])).toEqual([]);
  });

  it("tells in sentences what stays behind", async () => {
    const { eraser, workspace } = await start();

    const sentences = await eraser.leftBehind(workspace);

    expect(sentences.length).toBeGreaterThan(0);
    expect(sentences.filter((sentence) => !/^[A-Z].*\.$/s.test(sentence))).toEqual([]);
  });

  it("tells each use of an asset by another once", async () => {
    const { eraser, workspace } = await start();

    const uses = await Array.fromAsync(eraser.uses(workspace));

    expect(new Set(uses.map((use) => JSON.stringify(use))).size).toBe(uses.length);
  });
}

/** A deletion may go on. */
const allowed = (): void => undefined;

const notAllowed = (): void => {
  throw new Error("a call would leave");
};
