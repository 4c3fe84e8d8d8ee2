import { describe, expect, it } from "vitest";
import { AppError, isCode } from "../../../shared/errors.ts";
import { allowHosts } from "../../../shared/providers/allowed-hosts.ts";
import { thrownBy } from "../../support/providers/thrown-by.ts";

const LISTED = [
  "*.azureml.example",
  "management.azure.example",
  "vault.example:8443",
  "https://storage.example",
  "127.0.0.1:7101",
  "[::1]:7101",
  "localhost:7101",
  // Listed by mistake: these stay closed.
  "10.1.2.3",
  "169.254.169.254",
  "192.168.0.10",
  "168.63.129.16",
  "[::ffff:10.1.2.3]",
  "[fd00::1]",
  "[fe80::1]",
  "0.0.0.0",
  "[::]",
];

const ALLOWED = [
  "https://studioapi.azureml.example/api/workspaces/1?x=1#y",
  "https://europewest.studioapi.azureml.example/",
  "https://STUDIO.AZUREML.EXAMPLE/",
  "https://studio.azureml.example:443/",
  "https://management.azure.example//subscriptions/1",
  "https://vault.example:8443/keys",
  "https://storage.example/container/blob?sig=1",
];

const REFUSED = [
  ["plain HTTP", "http://studio.azureml.example/"],
  ["another scheme", "ftp://studio.azureml.example/"],
  ["a file", "file:///etc/passwd"],
  ["data", "data:text/plain,hello"],
  ["no URL at all", "studio.azureml.example"],
  ["an empty text", ""],
  ["a user name", "https://studio.azureml.example@evil.example/"],
  ["a user name on a listed host", "https://user@studio.azureml.example/"],
  ["a password on a listed host", "https://:word@studio.azureml.example/"],
  ["an unknown host", "https://evil.example/"],
  ["the domain of a wildcard itself", "https://azureml.example/"],
  ["a host that only ends alike", "https://evilazureml.example/"],
  ["a listed host as a prefix", "https://studio.azureml.example.evil.example/"],
  ["a listed host as a path", "https://evil.example/studio.azureml.example"],
  ["a backslash before the host", "https://evil.example\\@studio.azureml.example/"],
  ["a subdomain of an exact entry", "https://a.management.azure.example/"],
  ["a trailing dot", "https://studio.azureml.example./"],
  ["another port", "https://studio.azureml.example:8443/"],
  ["the usual port of an entry with a port", "https://vault.example/"],
  ["an unlisted address", "https://93.184.216.34/"],
  ["a private address", "https://10.1.2.3/"],
  ["a private address in decimal", "https://167838211/"],
  ["a private address in octal", "https://012.01.02.03/"],
  ["a private address in hex", "https://0x0a010203/"],
  ["a private address in wide digits", "https://１０.１.２.３/"],
  ["a private address, mapped", "https://[::ffff:10.1.2.3]/"],
  ["the metadata address", "https://169.254.169.254/metadata/identity/oauth2/token"],
  ["the metadata address in decimal", "https://2852039166/"],
  ["the metadata address in hex parts", "https://0xa9.0xfe.0xa9.0xfe/"],
  ["the metadata address, mapped", "https://[::ffff:169.254.169.254]/"],
  ["another private address", "https://192.168.0.10/"],
  ["the host of the machine", "https://168.63.129.16/"],
  ["a local IPv6 address", "https://[fd00::1]/"],
  ["a link-local IPv6 address", "https://[fe80::1]/"],
  ["the unspecified address", "https://0.0.0.0/"],
  ["the unspecified address in short", "https://0/"],
  ["the unspecified IPv6 address", "https://[::]/"],
  ["loopback at another port", "https://127.0.0.1:7102/"],
  ["another loopback address", "https://127.0.0.2:7101/"],
] as const;

const LOOPBACK = [
  "https://127.0.0.1:7101/",
  "https://2130706433:7101/",
  "https://0177.0.0.1:7101/",
  "https://0x7f.1:7101/",
  "https://127.1:7101/",
  "https://[::1]:7101/",
  "https://localhost:7101/",
];

describe("the list of allowed hosts", () => {
  it.each(ALLOWED)("lets %s pass", (url) => {
    const allow = allowHosts(LISTED, { allowLoopback: false });

    const allowed = allow(url);

    expect(allowed.href).toBe(new URL(url).href);
  });

  it.each(REFUSED)("refuses %s", (_what, url) => {
    const allow = allowHosts(LISTED, { allowLoopback: true });

    expect(() => allow(url)).toThrow(expect.objectContaining({ code: "outbound-refused" }));
  });

  it.each(LOOPBACK)("refuses %s unless loopback is allowed", (url) => {
    const local = allowHosts(LISTED, { allowLoopback: true });
    const cloud = allowHosts(LISTED, { allowLoopback: false });

    expect(local(url).port).toBe("7101");
    expect(() => cloud(url)).toThrow(expect.objectContaining({ code: "outbound-refused" }));
  });

  it("refuses a mapped loopback address without the setting even when it is listed", () => {
    const allow = allowHosts(["[::ffff:127.0.0.1]"], { allowLoopback: false });

    expect(() => allow("https://[::ffff:127.0.0.1]/")).toThrow("loopback");
  });

  it.each(["64:ff9b::a01:203", "2002:a01:203::1", "2001:0:a01:203::1", "::10.1.2.3"])(
    "refuses [%s], an address that carries another one",
    (address) => {
      const allow = allowHosts([`[${address}]`], { allowLoopback: true });

      expect(() => allow(`https://[${address}]/`)).toThrow("private or reserved");
    },
  );

  it("does not repeat the address in its error", () => {
    const allow = allowHosts(LISTED, { allowLoopback: true });

    const error = thrownBy(() => allow("https://evil.example/p?sig=canary"));

    expect(isCode(error, "outbound-refused")).toBe(true);
    expect(String(error)).not.toMatch(/evil|canary/);
  });

  it.each(["", "*", "*.", "*.10.0.0.1", "a*.example", "a.example/path", "a b", "http://a.example"])(
    "does not take the entry %j",
    (entry) => {
      const error = thrownBy(() => allowHosts(["a.example", entry], { allowLoopback: false }));

      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ code: "validation-failed", findings: [{ pointer: "/1" }] });
    },
  );
});
