import { HostError } from "../host-error.ts";

/** Values of the parameters when a path fits, undefined when it doesn't. */
export type RouteMatcher = (path: string) => Record<string, string> | undefined;

type Parameter = {
  readonly name: string;
  readonly accepts: ReadonlyArray<(value: string) => boolean>;
  readonly fallback: string | undefined;
};

/**
 * Compiles an ASP.NET Core route template, without slashes at its ends: literals (any case),
 * `{name}`, `{name?}`, `{name=value}`, `{*rest}` and constraints like `{id:int:min(1)}`.
 * A path is matched as sent; parameters are percent-decoded, except for `%2F`, which stays.
 * Throws a HostError for an unknown constraint or a malformed template.
 */
export function compileRoute(template: string): RouteMatcher {
  const parameters: Parameter[] = [];
  const pattern = template
    .split("/")
    .map((segment, index) => segmentPattern(segment, index === 0, parameters))
    .join("");
  const expression = new RegExp(`^${pattern}/?$`, "i");
  return (path) => {
    const match = expression.exec(path.replace(/^\/+/, ""));
    return match === null ? undefined : readParameters(parameters, match.slice(1));
  };
}

function segmentPattern(segment: string, isFirst: boolean, parameters: Parameter[]): string {
  const slash = isFirst ? "" : "/";
  const parts = segment.split(/(\{(?:[^{}]|\{\{|\}\})*\})/).filter((part) => part !== "");
  const [only] = parts;
  if (only === undefined) {
    return slash;
  }
  if (parts.length === 1 && only.startsWith("{")) {
    const parameter = parseParameter(only);
    parameters.push(parameter);
    const isCatchAll = only.startsWith("{*");
    const value = isCatchAll ? "(.*)" : "([^/]+)";
    const isOptional = isCatchAll || parameter.fallback !== undefined || only.endsWith("?}");
    return isOptional ? `(?:${slash}${value})?` : slash + value;
  }
  const pattern = parts.map((part) => {
    if (!part.startsWith("{")) {
      return literalPattern(part);
    }
    parameters.push(parseParameter(part));
    return "([^/]+?)";
  });
  return slash + pattern.join("");
}

function literalPattern(literal: string): string {
  if (/[{}*?]/.test(literal)) {
    throw new HostError(`The route part "${literal}" is malformed.`);
  }
  return literal.replaceAll(/[.+^$()|[\]\\-]/g, "\\$&");
}

function parseParameter(text: string): Parameter {
  const match =
    /^\{\*{0,2}([A-Za-z_]\w*)((?::[a-z]+(?:\((?:[^()]|\([^()]*\))*\))?)*)(\?|=[^}]*)?\}$/i.exec(
      text,
    );
  if (match === null) {
    throw new HostError(`The route parameter ${text} is malformed.`);
  }
  const [, name = "", constraints = "", end = ""] = match;
  return {
    name,
    accepts: splitConstraints(constraints).map((constraint) => compileConstraint(constraint, text)),
    fallback: end.startsWith("=") ? end.slice(1) : undefined,
  };
}

function splitConstraints(text: string): string[] {
  return text.match(/[a-z]+(?:\((?:[^()]|\([^()]*\))*\))?/gi) ?? [];
}

const constraints: Record<string, (...args: string[]) => (value: string) => boolean> = {
  alpha: () => (value) => /^[a-z]*$/i.test(value),
  bool: () => (value) => /^(?:true|false)$/i.test(value),
  datetime: () => (value) => !Number.isNaN(Date.parse(value)),
  decimal: () => (value) => /^-?\d+(?:\.\d+)?$/.test(value),
  double: () => isNumber,
  float: () => isNumber,
  guid: () => (value) => /^\{?[\da-f]{8}(?:-?[\da-f]{4}){3}-?[\da-f]{12}\}?$/i.test(value),
  int: () => (value) => /^-?\d+$/.test(value) && Math.abs(Number(value)) < 2 ** 31,
  long: () => (value) => /^-?\d{1,19}$/.test(value),
  length: (min, max) => (value) =>
    value.length >= Number(min) && value.length <= Number(max ?? min),
  minlength: (min) => (value) => value.length >= Number(min),
  maxlength: (max) => (value) => value.length <= Number(max),
  min: (min) => (value) => /^-?\d+$/.test(value) && Number(value) >= Number(min),
  max: (max) => (value) => /^-?\d+$/.test(value) && Number(value) <= Number(max),
  range: (min, max) => (value) =>
    /^-?\d+$/.test(value) && Number(value) >= Number(min) && Number(value) <= Number(max),
  required: () => (value) => value !== "",
  file: () => isFileName,
  nonfile: () => (value) => !isFileName(value),
};

/** As ASP.NET Core sees it: the last segment has a dot with something behind it. */
function isFileName(value: string): boolean {
  return /\.[^/.]+$/.test(value.slice(value.lastIndexOf("/") + 1));
}

function isNumber(value: string): boolean {
  return /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value);
}

function compileConstraint(text: string, parameter: string): (value: string) => boolean {
  const [, kind = "", args] = /^([a-z]+)(?:\((.*)\))?$/i.exec(text) ?? [];
  if (kind.toLowerCase() === "regex" && args !== undefined) {
    // The template doubles braces to tell them from a parameter's own.
    const expression = new RegExp(args.replaceAll("{{", "{").replaceAll("}}", "}"), "i");
    return (value) => expression.test(value);
  }
  const build = constraints[kind.toLowerCase()];
  if (build === undefined) {
    throw new HostError(`The route parameter ${parameter} has the unknown constraint "${text}".`);
  }
  return build(...(args?.split(",").map((arg) => arg.trim()) ?? []));
}

function readParameters(
  parameters: readonly Parameter[],
  raw: ReadonlyArray<string | undefined>,
): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [index, { name, accepts, fallback }] of parameters.entries()) {
    const sent = raw[index];
    const value = sent === undefined || sent === "" ? fallback : decodeSegment(sent);
    if (value === undefined) {
      continue;
    }
    if (!accepts.every((accept) => accept(value))) {
      return undefined;
    }
    values[name] = value;
  }
  return values;
}

function decodeSegment(text: string): string {
  return text
    .split(/(%2f)/i)
    .map((part) => (/^%2f$/i.test(part) ? part : decodeURIComponent(part)))
    .join("");
}
