/**
 * Payload paths: readable, unique, and safe on every file system. Names come from users and may hold
 * anything; a path made here never leaves its folder.
 */

/** The longest name of a file or folder, in UTF-8 bytes; leaves room for suffixes below 255. */
const MAX_NAME_BYTES = 120;

// Control and format characters (bidi marks among them), separators, and what Windows or a shell reads
// specially. `%` is left out because BagIt manifests encode it and checksum tools do not decode it.
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*%`$]+/gu;
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|clock\$|conin\$|conout\$)(\.|$)/i;

/**
 * One path segment from any text: NFC, unsafe characters replaced by `_`, no leading or trailing dots and
 * blanks, no device names, at most 120 bytes with the extension kept. Never empty, never `.` or `..`.
 */
export function safeName(text: string): string {
  const clean = text.toWellFormed().normalize("NFC").replace(UNSAFE, "_").replace(/\s+/gu, " ");
  const trimmed = clean.replace(/^[.\s~-]+|[.\s]+$/gu, "");
  const short = shorten(trimmed).replace(/[.\s]+$/u, "");
  if (short === "") return "unnamed";
  return RESERVED.test(short) ? `_${short}` : short;
}

/**
 * Gives each name of one folder a form that no other has, also where case or composition do not count.
 * The first keeps its name; later ones get ` (2)`, ` (3)` before the extension. The same names in the same
 * order always come out the same.
 */
export class UniqueNames {
  readonly #taken = new Map<string, number>();

  /** The safe, unique form of `text`. */
  take(text: string): string {
    const name = safeName(text);
    if (this.#claim(name)) return name;
    const { stem, extension } = split(name);
    for (let count = this.#taken.get(fold(name)) ?? 2; ; count += 1) {
      const candidate = `${stem} (${count})${extension}`;
      if (this.#claim(candidate)) {
        this.#taken.set(fold(name), count + 1);
        return candidate;
      }
    }
  }

  #claim(name: string): boolean {
    const key = fold(name);
    if (this.#taken.has(key)) return false;
    this.#taken.set(key, 2);
    return true;
  }
}

/** Gives each path within one folder a form that no other has; files of one folder stay in one folder. */
export class UniquePaths {
  readonly #names = new UniqueNames();
  readonly #folders = new Map<string, { readonly name: string; readonly paths: UniquePaths }>();

  /** The safe, unique form of the path, with `/` between its segments. */
  take([first = "", ...rest]: readonly string[]): string {
    if (rest.length === 0) return this.#names.take(first);
    const folder = this.#folders.get(first) ?? {
      name: this.#names.take(first),
      paths: new UniquePaths(),
    };
    this.#folders.set(first, folder);
    return `${folder.name}/${folder.paths.take(rest)}`;
  }
}

/** What two names have in common on a file system that ignores case and composition. */
function fold(name: string): string {
  return name.normalize("NFKD").toUpperCase().toLowerCase().normalize("NFKC");
}

function shorten(name: string): string {
  if (byteLength(name) <= MAX_NAME_BYTES) return name;
  const { stem, extension } = split(name);
  const room = MAX_NAME_BYTES - byteLength(extension);
  let short = "";
  let used = 0;
  for (const character of stem) {
    used += byteLength(character);
    if (used > room) break;
    short += character;
  }
  return short.trimEnd() + extension;
}

/** An extension is a last dot and up to 15 letters or digits; anything else belongs to the stem. */
function split(name: string): { stem: string; extension: string } {
  const extension = /(?<=.)\.[A-Za-z0-9]{1,15}$/u.exec(name)?.[0] ?? "";
  return { stem: name.slice(0, name.length - extension.length), extension };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
