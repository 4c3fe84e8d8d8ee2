/** Which members and parameters hold credentials, by their names. */

/** Members that hold a credential, in lower case, by what kind it is. */
const SECRET_MEMBERS: ReadonlyMap<string, string> = new Map([
  ["accesscredential", "download-link"],
  ["primarytoken", "workspace-token"],
  ["secondarytoken", "workspace-token"],
  ["userstoragekey", "storage-key"],
  ["msidentitycertificate", "certificate"],
  ["registrationkey", "registration-key"],
  ["primarykey", "endpoint-key"],
  ["secondarykey", "endpoint-key"],
  ["sasblobtoken", "shared-access-signature"],
  ["credentials", "credential"],
  ["authenticationuri", "session-link"],
  ["sessionuri", "session-link"],
]);

/** Members of Azure's resources whose names say too little alone: by the member they lie in. */
const SECRET_WITHIN: ReadonlyMap<string, string> = new Map([
  ["keys/primary", "endpoint-key"],
  ["keys/secondary", "endpoint-key"],
  ["storageaccount/key", "storage-key"],
]);

/**
 * Why a member is a secret, by its name and that of the member it lies in; null when it is none. A text also when its
 * name ends as that of a credential: documents hold settings that people named.
 */
export function secretMemberReason(member: string, within: string, value: unknown): string | null {
  const name = member.toLowerCase();
  if (name.endsWith("connectionstring")) return "connection-string";
  const known = SECRET_MEMBERS.get(name) ?? SECRET_WITHIN.get(`${within.toLowerCase()}/${name}`);
  if (known !== undefined) return known;
  return typeof value === "string" && endsAsCredential(member) ? "credential" : null;
}

function endsAsCredential(member: string): boolean {
  // Most members are not worth a closer look.
  if (!/(?:pass|pwd|secret|key|token)\w*$/i.test(member)) return false;
  const [before = "", last = ""] = ["", ...wordsOf(member)].slice(-2);
  return LAST_WORDS.has(last) || (before !== "" && isNamedSecret(last, before));
}

const LAST_WORDS: ReadonlySet<string> = new Set("password passwd pwd passphrase secret".split(" "));

/** Words that make a parameter a credential wherever they stand in its name. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  "password",
  "passwd",
  "pwd",
  "passphrase",
  "secret",
  "credential",
  "credentials",
  "sas",
  "connectionstring",
]);

/** Words that make a key or a token a credential when they stand right before it. */
const SECRET_QUALIFIERS: ReadonlySet<string> = new Set(
  "access account admin api app application auth authorization aws azure bearer blob client consumer encryption endpoint function host id master oauth private query refresh sas security service session shared signing storage subscription workspace".split(
    " ",
  ),
);

/**
 * Why the value of a parameter of that name is a secret; null when it is none. Parameters are named by people and
 * module authors: a name that clearly means a credential is enough, a mere "key" or "token" needs a value that
 * looks like one, so that "Join key columns" keeps its columns.
 */
export function secretParameterReason(name: string, value: unknown): string | null {
  const words = wordsOf(name);
  const isCredential = words.some(
    (word, index) =>
      SECRET_WORDS.has(word) || isNamedSecret(word, words[index - 1], words[index + 1]),
  );
  if (isCredential) return "secret-parameter";
  const isHint = words.some((word) => /^(?:key|token)s?$/.test(word));
  return isHint && typeof value === "string" && looksRandom(value) ? "secret-parameter" : null;
}

function isNamedSecret(word: string, before = "", after = ""): boolean {
  if (word === "connection") return after === "string";
  if (word === "token" && before === "" && after === "") return true;
  if (word !== "key" && word !== "token") return false;
  return SECRET_QUALIFIERS.has(before) && !/^(?:column|field|name|type)s?$/.test(after);
}

/** The words of a name in any of the usual spellings, in lower case: `accountKey`, `Account Key`, `account_key`. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, " ")
    .toLowerCase()
    .replaceAll(/(?<=account|access|api|storage|shared)(?=key)|(?<=client)(?=secret)/g, " ")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** Whether a text looks like one that a machine drew: hex, or base64 that changes its kind of character often. */
function looksRandom(value: string): boolean {
  if (/^[0-9a-f-]{32,}$/i.test(value)) return true;
  if (!/^[\w+/-]{20,}={0,2}$/.test(value)) return false;
  const kinds = value.split("").map((character) => {
    if (/\d/.test(character)) return "digit";
    return /[a-z]/.test(character) ? "lower" : "upper";
  });
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  return new Set(kinds).size === 3 && changes / value.length > 0.42;
}
