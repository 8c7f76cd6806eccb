// Swagger UI on our contract, mended where a screen reader, a keyboard or a narrow screen would be left alone.

const here = document.currentScript.src.replace(/\/docs\/assets\/.*/, "")

// A link within a button is reached by nobody: the button opens the operation, and its words are enough.
const withoutNestedLinks = ({ React }) => ({
  wrapComponents: { DeepLink: () => ({ text }) => React.createElement("span", null, text) },
})

const label = select =>
  select.closest("[data-param-name]")?.dataset.paramName ??
  (select.closest(".servers, .scheme-container") ? "Server" : "Media type")

const regions = [
  [".information-container", "About"],
  [".scheme-container", "Where and as whom"],
  [".filter-container", "Find"],
]

// What has no name of its own gets one, and headings lose the level that they skip.
const mend = () => {
  for (const one of document.querySelectorAll("select:not([aria-label])")) one.ariaLabel = label(one)
  for (const one of document.querySelectorAll("input:not([aria-label]), textarea:not([aria-label])"))
    one.ariaLabel = one.closest("[data-param-name]")?.dataset.paramName || one.placeholder || "Body"
  for (const [place, words] of regions)
    for (const one of document.querySelectorAll(`${place}:not([role])`)) {
      one.role = "region"
      one.ariaLabel = words
    }
  for (const one of document.querySelectorAll("[role=region][id]:not([aria-label])")) one.ariaLabel = one.id
  for (const one of document.querySelectorAll("#contract :is(h3, h4, h5):not([aria-level])"))
    one.ariaLevel = Number(one.localName[1]) - 1
  for (const one of document.querySelectorAll("#contract :is(pre, .highlight-code):not([tabindex])"))
    one.tabIndex = 0
}
new MutationObserver(mend).observe(document.getElementById("contract"), { childList: true, subtree: true })

SwaggerUIBundle({
  url: `${here}/openapi.json`,
  dom_id: "#contract",
  deepLinking: true,
  // Of a list this long only what is on the screen is in the page: the browser's own search finds nothing of the rest.
  docExpansion: "none",
  filter: true,
  showExtensions: true,
  showCommonExtensions: true,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [withoutNestedLinks],
})
