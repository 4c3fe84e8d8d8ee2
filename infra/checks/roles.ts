import { ALLOWED, ALLOWED_OPERATIONS, FORBIDDEN_ROLES } from "./allow-matrix.ts";
import {
  membersOf,
  plain,
  resourcesOf,
  rowsOf,
  stringsOf,
  type Trees,
  variableOf,
} from "./bicep.ts";
import { differences, type Sources } from "./sources.ts";

const ROLES = "infra/modules/roles.bicep";
const WORKSPACE_ROLES = "infra/modules/workspace-roles.bicep";
const ASSIGNMENT = "Microsoft.Authorization/roleAssignments";
const DEFINITION = "Microsoft.Authorization/roleDefinitions";

/** Every right that is given and not allowed, or allowed and not given; rights given elsewhere; and broad roles. */
export function roleProblems(sources: Sources, trees: Trees): string[] {
  const ids = membersOf(variableOf(trees, ROLES, "roles"));
  const rows = rowsOf(variableOf(trees, ROLES, "table"));
  const given = rows.map(({ who = "", role = "", on = "" }) => {
    const id = ids.get(role);
    return `${who}: role ${id ? plain(id) : `${role} (unknown)`} on ${on}`;
  });
  const allowed = Object.entries(ALLOWED).flatMap(([who, grants]) =>
    grants.map(({ role, on }) => `${who}: role ${role} on ${on}`),
  );
  return [
    ...differences([ROLES, given], ["infra/checks/allow-matrix.ts", allowed]),
    ...Object.entries(ALLOWED_OPERATIONS).flatMap(([name, operations]) =>
      differences(
        [`${WORKSPACE_ROLES} (${name})`, stringsOf(variableOf(trees, WORKSPACE_ROLES, name))],
        ["infra/checks/allow-matrix.ts", operations],
      ),
    ),
    ...[...trees].flatMap(([path, tree]) =>
      resourcesOf(tree)
        .filter(({ type }) => type === ASSIGNMENT || type === DEFINITION)
        .filter(() => path !== ROLES && path !== WORKSPACE_ROLES)
        .map(({ type }) => `${path} has a ${type}: rights are given in ${ROLES} only`),
    ),
    ...Object.entries(sources).flatMap(([path, text]) =>
      FORBIDDEN_ROLES.filter((role) => path.endsWith(".bicep") && text.includes(role)).map(
        (role) => `${path} names the role ${role}, which is too wide for anybody`,
      ),
    ),
  ];
}
