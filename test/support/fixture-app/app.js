import { app } from "@azure/functions";

app.hook.appStart((context) => {
  context.hookData.startedAt = "start-up";
});
app.hook.appTerminate((context) => {
  console.error("appTerminate after", context.hookData.startedAt);
});
app.hook.preInvocation((context) => {
  context.hookData.seen = context.invocationContext.functionName;
});
app.hook.postInvocation((context) => {
  context.invocationContext.debug("post-invocation of", context.hookData.seen);
});

app.http("echo", {
  route: "api/echo/{name}",
  methods: ["POST", "PUT"],
  handler: async (request, context) => ({
    status: 201,
    headers: { "x-fixture": "yes" },
    cookies: [{ name: "crumb", value: "a b", httpOnly: true, sameSite: "Strict", maxAge: 60 }],
    jsonBody: {
      url: request.url,
      method: request.method,
      params: request.params,
      query: Object.fromEntries(request.query),
      headers: Object.fromEntries(request.headers),
      user: request.user,
      body: await request.text(),
      traceParent: context.traceContext?.traceParent,
    },
  }),
});
app.http("bytes", {
  route: "bytes",
  methods: ["POST"],
  handler: async (request) => ({ body: Buffer.from(await request.arrayBuffer()) }),
});
app.get("a-first", {
  route: "order/{anything}",
  handler: (request) => ({ body: `a-first ${request.params.anything}` }),
});
app.get("b-literal", { route: "order/literal", handler: () => ({ body: "b-literal" }) });
app.get("jwks", { route: ".well-known/jwks.json", handler: () => ({ jsonBody: { keys: [] } }) });
app.get("nothing", { route: "nothing", handler: () => undefined });
app.get("guarded", {
  route: "guarded",
  authLevel: "function",
  handler: () => ({ body: "open" }),
});
app.get("switched-off", { route: "switched-off", handler: () => ({ body: "on" }) });
app.get("throws", {
  route: "throws",
  handler: () => {
    throw Object.assign(new Error("no such luck: https://x.test/?sig=SECRET1"), {
      request: { headers: { authorization: "Bearer SECRET2" } },
    });
  },
});
app.get("wrong-result", { route: "wrong-result", handler: () => "text" });
app.get("slow", {
  route: "slow/{ms:int}",
  handler: async (request, context) => {
    context.log("started");
    await new Promise((resolve) => setTimeout(resolve, Number(request.params.ms)));
    return { body: "slow" };
  },
});
app.get("log-levels", {
  route: "log-levels",
  handler: (_request, context) => {
    context.debug("two\nlines");
    context.trace("too fine");
    return {};
  },
});

app.timer("tick", {
  schedule: "%TICK_SCHEDULE%",
  runOnStartup: true,
  handler: (timer, context) => context.log(`tick ${JSON.stringify(timer)}`),
});

if (process.env.QUEUE !== undefined) {
  const { registerQueueFunctions } = await import("./queue-functions.js");
  registerQueueFunctions();
}
