import { describe, expect, it } from "vitest";
import { createRouter } from "../../../local/functions-host/http/routes.ts";
import { httpFunction } from "../../support/fixture-app/functions.ts";

describe("createRouter", () => {
  it("takes the first function by name whose route fits, whatever its case", () => {
    const route = createRouter(
      [
        httpFunction({ name: "b-literal", route: "items/new" }),
        httpFunction({ name: "A-parameter", route: "items/{id}" }),
      ],
      "",
    );

    const match = route("GET", "/items/new");

    expect(match?.fn.name).toBe("A-parameter");
  });

  it("tells functions with one route apart by method", () => {
    const route = createRouter(
      [
        httpFunction({ name: "a", route: "items", methods: ["GET"] }),
        httpFunction({ name: "b", route: "items", methods: ["POST"] }),
      ],
      "",
    );

    const match = route("POST", "/items");

    expect(match?.fn.name).toBe("b");
  });

  it("finds nothing for a wrong verb, also for HEAD on a GET function", () => {
    const route = createRouter([httpFunction({ route: "items", methods: ["GET"] })], "");

    const matches = [route("DELETE", "/items"), route("HEAD", "/items")];

    expect(matches).toEqual([undefined, undefined]);
  });

  it("puts the prefix before every route", () => {
    const route = createRouter([httpFunction({ name: "list", route: "items" })], "api");

    const names = ["/api/items", "/items"].map((path) => route("GET", path)?.fn.name);

    expect(names).toEqual(["list", undefined]);
  });
});
