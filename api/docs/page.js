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

// Shows the contract that the gateway serves. A token given under "Authorize" stays in this tab.
window.addEventListener("load", async () => {
  const answer = await fetch("/openapi.json");
  SwaggerUIBundle({
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
  });
});
