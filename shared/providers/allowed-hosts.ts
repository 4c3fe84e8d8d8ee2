import { BlockList, isIP, isIPv4 } from "node:net";
import { AppError } from "../errors.ts";

/**
 * Returns the URL when calls to it are allowed; throws `outbound-refused` otherwise, without telling
 * what the address was: it may hold a credential.
 */
export type AllowUrl = (url: string | URL) => URL;

/** Whether a connection to this address, which a name led to, is allowed. */
export type AllowAddress = (address: string) => boolean;

/** Whether calls may go to this machine. */
type LoopbackRule = { readonly allowLoopback: boolean };

/** One entry of the list: an exact host, or every name below a domain, at one port. */
type Pattern = { readonly host: string; readonly isSuffix: boolean; readonly port: string };

/**
 * Makes the gate that every outbound call and every redirect goes through. `hosts` holds entries such as
 * `studio.example`, `*.studio.example` (any depth below, not the domain itself), `10.1.example:8443` or
 * `https://studio.example`; without a port only 443 is meant. Only HTTPS without user information passes.
 * Addresses that are private, link-local, reserved or wrap such an address never pass, even when listed;
 * loopback passes when it is listed and `allowLoopback` is set.
 *
 * Names are compared as the URL standard writes them (https://url.spec.whatwg.org/#host-parsing), which
 * turns decimal, octal and hex addresses into dotted ones first. They are not resolved here: what a name leads to is
 * checked by the connection ({@link allowAddresses}), which then goes to that very address.
 *
 * Throws `validation-failed` for an entry that cannot be understood.
 */
export function allowHosts(hosts: readonly string[], { allowLoopback }: LoopbackRule): AllowUrl {
  const patterns = hosts.map(parsePattern);
  return (input) => {
    const url = URL.parse(String(input));
    if (url === null) throw refused("it is not a URL");
    if (url.protocol !== "https:") throw refused("it is not HTTPS");
    if (url.username !== "" || url.password !== "") throw refused("it holds user information");
    if (!patterns.some((pattern) => fits(pattern, url))) throw refused("the host is not listed");
    if (isLoopback(url.hostname)) {
      if (!allowLoopback) throw refused("loopback is not allowed");
    } else if (isIn(RESERVED, url.hostname)) {
      throw refused("the network is private or reserved");
    }
    return url;
  };
}

/**
 * Makes the check of addresses that names lead to: private, link-local and reserved networks, and addresses that wrap
 * such a one, are never allowed; loopback only with `allowLoopback`.
 */
export function allowAddresses({ allowLoopback }: LoopbackRule): AllowAddress {
  return (address) =>
    isLoopback(address) ? allowLoopback : isAddress(address) && !isIn(RESERVED, address);
}

function parsePattern(entry: string, index: number): Pattern {
  const isSuffix = /^(https:\/\/)?\*\./.test(entry);
  const plain = entry.replace(/^https:\/\//, "").replace(/^\*\./, "");
  const url = plain === "" ? null : URL.parse(`https://${plain}`);
  const isHostOnly = url !== null && url.href === `https://${url.host}/` && !plain.endsWith("/");
  if (!isHostOnly || url.hostname.includes("*") || (isSuffix && isAddress(url.hostname))) {
    throw new AppError("validation-failed", "The list of allowed hosts has an invalid entry", {
      findings: [{ pointer: `/${index}`, detail: "must be a host, *.domain or host:port" }],
    });
  }
  return { host: url.hostname, isSuffix, port: url.port };
}

function fits(pattern: Pattern, url: URL): boolean {
  if (url.port !== pattern.port) return false;
  return pattern.isSuffix
    ? url.hostname.endsWith(`.${pattern.host}`)
    : url.hostname === pattern.host;
}

function isAddress(hostname: string): boolean {
  return isIP(bare(hostname)) !== 0;
}

/** An IPv6 host of a URL stands in brackets. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function isLoopback(hostname: string): boolean {
  return /(^|\.)localhost$/.test(hostname) || isIn(LOOPBACK, hostname);
}

function isIn(list: BlockList, hostname: string): boolean {
  const address = bare(hostname);
  return isIP(address) !== 0 && list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

function refused(why: string): AppError {
  return new AppError("outbound-refused", `The address may not be called: ${why}`);
}

function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = "", prefix] = subnet.split("/");
    list.addSubnet(address, Number(prefix), isIPv4(address) ? "ipv4" : "ipv6");
  }
  return list;
}

// IPv4 entries also cover their IPv4-mapped form (::ffff:a.b.c.d): BlockList compares those as IPv4.
const LOOPBACK = blockList(["127.0.0.0/8", "::1/128"]);

/** Special-purpose networks (RFC 6890 and its registries), and Azure's host address 168.63.129.16. */
const RESERVED = blockList([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
  // Forms that carry an IPv4 address: IPv4-compatible, translated, NAT64, Teredo, 6to4.
  "::/96",
  "::ffff:0:0:0/96",
  "64:ff9b::/32",
  "2001::/32",
  "2002::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
]);
