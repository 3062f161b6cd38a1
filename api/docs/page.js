/*
 * A try-out form shows every example as its value. Filled into all filters of a list at once they
 * would find nobody, so the page says the example of an optional parameter in words instead.
 */
function sayExample(parameter) {
  if (parameter.required || parameter.example === undefined) return;
  const example = [].concat(parameter.example).join(",");
  parameter.description = `${parameter.description || ""} For instance \`${example}\`.`;
  delete parameter.example;
}

function sayExamples(contract) {
  Object.values(contract.components.parameters).forEach(sayExample);
  for (const path of Object.values(contract.paths))
    for (const operation of Object.values(path)) (operation.parameters || []).forEach(sayExample);
  return contract;
}

// The filter finds operations by path, name, summary or tag, not whole groups by their tag alone.
function filterOperations(groups, phrase) {
  const wanted = phrase.toLowerCase().trim();
  const fits = (tag) => (each) => {
    const operation = each.get("operation");
    return [tag, each.get("path"), each.get("method"), operation.get("operationId"), operation.get("summary")]
      .some((text) => String(text).toLowerCase().includes(wanted));
  };
  return groups
    .map((group, tag) => group.set("operations", group.get("operations").filter(fits(tag))))
    .filter((group) => group.get("operations").size > 0);
}

// A token given under "Authorize" outlives a reload of the page, and ends with the tab.
const TOKEN = "upward.token";
const keepsToken = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (next) => (given) => {
          sessionStorage.setItem(TOKEN, JSON.stringify(given));
          return next(given);
        },
        logout: (next) => (names) => {
          sessionStorage.removeItem(TOKEN);
          return next(names);
        },
      },
    },
  },
});

// Shows the contract that the gateway serves.
window.addEventListener("load", async () => {
  const answer = await fetch("/openapi.json");
  const page = SwaggerUIBundle({
    spec: sayExamples(await answer.json()),
    dom_id: "#contract",
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    filter: true,
    displayOperationId: true,
    displayRequestDuration: true,
    showExtensions: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [keepsToken, () => ({ fn: { opsFilter: filterOperations } })],
    onComplete: () => {
      const kept = sessionStorage.getItem(TOKEN);
      if (kept) page.authActions.authorize(JSON.parse(kept));
    },
  });
});
