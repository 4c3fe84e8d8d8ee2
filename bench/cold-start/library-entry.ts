import { app } from "@azure/functions";
import { ROUTES, type Route } from "../../functions/api/routes.ts";

/** The library of Azure Functions alone, with the functions of the API. */
const handler = async () => ({});
for (const [id, { method, path }] of Object.entries<Route>(ROUTES)) {
  app.http(id, { authLevel: "anonymous", methods: [method], route: path.slice(1), handler });
}
