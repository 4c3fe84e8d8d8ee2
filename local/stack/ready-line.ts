import type { z } from "zod";

/**
 * The value of a line `READY {json}`, or undefined when the line says something else.
 *
 * Throws when the line is such a line but its JSON is not what the schema asks for.
 */
export function readyLine<Ready>(line: string, schema: z.ZodType<Ready>): Ready | undefined {
  const prefix = "READY ";
  return line.startsWith(prefix) ? schema.parse(JSON.parse(line.slice(prefix.length))) : undefined;
}
