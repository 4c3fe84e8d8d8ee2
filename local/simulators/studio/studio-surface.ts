import { createRouter, type Handler } from "../http/router.ts";
import { assetRoutes } from "./asset-routes.ts";
import { collectionRoutes } from "./collection-routes.ts";
import { notFound } from "./errors.ts";
import { experimentRoutes } from "./experiment-routes.ts";
import { moduleRoutes } from "./module-routes.ts";
import { notebookRoutes } from "./notebook-routes.ts";
import type { StudioContext } from "./studio-context.ts";
import { webServiceRoutes } from "./web-service-routes.ts";
import { workspaceRoutes } from "./workspace-routes.ts";

/**
 * The Studio API, below `/api/`. Lists are bare arrays, never paged. The service is retired and was never
 * specified: shapes and paths follow its public clients (https://github.com/hning86/azuremlps,
 * https://github.com/RevolutionAnalytics/AzureML, `azureml` 0.2.7 for Python).
 */
export function createStudioHandler(context: StudioContext): Handler {
  return createRouter(
    [
      ...workspaceRoutes(context),
      ...assetRoutes(context),
      ...moduleRoutes(context),
      ...experimentRoutes(context),
      ...collectionRoutes(context),
      ...notebookRoutes(context),
      ...webServiceRoutes(context),
    ],
    () => notFound("The path", context.switches.current),
  );
}
