/** A function that is loaded at its first call, and then kept. */
export function loadedOnce<Args extends unknown[], Result>(
  load: () => Promise<(...args: Args) => Result | Promise<Result>>,
): (...args: Args) => Promise<Result> {
  let loading: ReturnType<typeof load> | undefined;
  return async (...args) => {
    loading ??= load();
    return (await loading)(...args);
  };
}
