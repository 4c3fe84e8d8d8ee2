/**
 * Milliseconds of a .NET TimeSpan `[d.]hh:mm:ss[.fffffff]`, or undefined when the text is not one.
 * Hours reach 23; longer times need days.
 */
export function parseTimeSpan(text: string): number | undefined {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,7}))?$/.exec(text.trim());
  if (match === null) {
    return undefined;
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1, 5)
    .map((part) => Number(part ?? 0));
  if (hours > 23 || minutes > 59 || seconds > 59) {
    return undefined;
  }
  const fractionMs = Number(`0.${match[5] ?? "0"}`) * 1000;
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + Math.round(fractionMs);
}
