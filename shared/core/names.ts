/**
 * Payload paths: readable, unique, and safe on every file system. Names come from users and may hold
 * anything; a path made here never leaves its folder.
 *
 * A whole path has at most 200 UTF-16 units, so that it stays below the 260 of a Windows path in
 * `C:\Users\<20 letters>\Downloads\package-12345678\`.
 */

/** The longest path of a package, in UTF-16 units. */
export const MAX_PATH_UNITS = 200;

/** The longest name of an asset's folder; its files share what is left of the path. */
export const MAX_FOLDER_UNITS = 60;

/** The longest name of a workspace's folder, where a package has several. */
export const MAX_ROOT_UNITS = 32;

/** No name is made shorter than this: folders that leave less room are folded into the name of the file. */
const MIN_NAME_UNITS = 16;

/** The longest name in UTF-8 bytes; file systems that encrypt names leave 143 of 255. */
const MAX_NAME_BYTES = 120;

// Control and format characters (bidi marks among them), separators, and what Windows or a shell reads
// specially. `%` is left out because BagIt manifests encode it and checksum tools do not decode it.
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*%`$]+/gu;
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|clock\$|conin\$|conout\$)\s*(\.|$)/i;

/**
 * One path segment from any text: NFC, unsafe characters replaced by `_`, no leading or trailing dots and
 * blanks, no device names, at most `maxUnits` and 120 bytes with the extension kept. Never empty, never `.` or
 * `..`.
 */
export function safeName(text: string, maxUnits = MAX_NAME_BYTES): string {
  const clean = text.toWellFormed().normalize("NFC").replace(UNSAFE, "_").replace(/\s+/gu, " ");
  const trimmed = clean.replace(/^[.\s~-]+|[.\s]+$/gu, "");
  const guarded = RESERVED.test(trimmed) ? `_${trimmed}` : trimmed;
  return fit(guarded, "", maxUnits);
}

/**
 * Gives each name of one folder a form that no other has, also where case or composition do not count.
 * The first keeps its name; later ones get ` (2)`, ` (3)` before the extension, and no name gets longer than
 * `maxUnits` by that. The same names in the same order always come out the same.
 */
export class UniqueNames {
  readonly #maxUnits: number;
  readonly #taken = new Map<string, number>();

  constructor(maxUnits = MAX_NAME_BYTES) {
    this.#maxUnits = maxUnits;
  }

  /** The safe, unique form of `text`, at most `maxUnits` long. */
  take(text: string, maxUnits = this.#maxUnits): string {
    const name = safeName(text, maxUnits);
    if (this.#claim(name)) return name;
    for (let count = this.#taken.get(fold(name)) ?? 2; ; count += 1) {
      const candidate = fit(name, ` (${count})`, maxUnits);
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

/**
 * Gives each path within one folder a form that no other has; files of one folder stay in one folder, as long as
 * the path has room for folders. `roomUnits` is what a whole path may have.
 */
export class UniquePaths {
  readonly #roomUnits: number;
  readonly #names = new UniqueNames();
  readonly #folders = new Map<string, { readonly name: string; readonly paths: UniquePaths }>();

  constructor(roomUnits: number) {
    this.#roomUnits = roomUnits;
  }

  /** The paths of an asset's files within its folder. */
  static within(folder: string): UniquePaths {
    return new UniquePaths(Math.max(MAX_PATH_UNITS - folder.length - 1, MIN_NAME_UNITS));
  }

  /** The safe, unique form of the path, with `/` between its segments. */
  take(segments: readonly string[]): string {
    const [first = "", ...rest] = segments;
    if (rest.length === 0) return this.#names.take(first, this.#roomUnits);
    const shareUnits = Math.floor((this.#roomUnits - rest.length) / segments.length);
    if (shareUnits < MIN_NAME_UNITS) return this.#names.take(segments.join("_"), this.#roomUnits);
    const folder = this.#folders.get(first) ?? this.#newFolder(first, shareUnits);
    this.#folders.set(first, folder);
    return `${folder.name}/${folder.paths.take(rest)}`;
  }

  #newFolder(text: string, maxUnits: number) {
    const name = this.#names.take(text, Math.min(maxUnits, MAX_FOLDER_UNITS));
    return { name, paths: new UniquePaths(this.#roomUnits - name.length - 1) };
  }
}

/** What two names have in common on a file system that ignores case and composition. */
function fold(name: string): string {
  return name.normalize("NFKD").toUpperCase().toLowerCase().normalize("NFKC");
}

/** The name with the suffix before its extension, its stem cut so that the whole is not too long. */
function fit(name: string, suffix: string, maxUnits: number): string {
  const { stem, extension } = split(name);
  const room = maxUnits - suffix.length - extension.length;
  // An extension that leaves no room for a name is none.
  if (room < 1 && extension !== "") return fit(name.replaceAll(".", "_"), suffix, maxUnits);
  const roomBytes = MAX_NAME_BYTES - byteLength(suffix) - byteLength(extension);
  let short = "";
  let bytes = 0;
  for (const character of stem) {
    bytes += byteLength(character);
    if (bytes > roomBytes || short.length + character.length > room) break;
    short += character;
  }
  const whole = short.replace(/[.\s]+$/u, "") + suffix + extension;
  return short === "" ? `unnamed${suffix}`.slice(-maxUnits) : whole;
}

/** An extension is a last dot and up to 15 letters or digits; anything else belongs to the stem. */
function split(name: string): { stem: string; extension: string } {
  const extension = /(?<=.)\.[A-Za-z0-9]{1,15}$/u.exec(name)?.[0] ?? "";
  return { stem: name.slice(0, name.length - extension.length), extension };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
