import TestServices
import Testing

/// What every page has to be, whoever looks at it.
struct PageAudit {
    let browser: Browser

    /// Contrast of all text, by WCAG 2.2 (1.4.3): at least 4.5 to 1.
    func contrast() async throws {
        let low = try await browser.evaluate(
            """
            (() => {
              const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
              const rgba = (color) => {
                canvas.clearRect(0, 0, 1, 1);
                canvas.fillStyle = color;
                canvas.fillRect(0, 0, 1, 1);
                return [...canvas.getImageData(0, 0, 1, 1).data];
              };
              const light = (color) => color.slice(0, 3).map((c) => c / 255)
                .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
              const back = (element) => {
                for (let e = element; e; e = e.parentElement) {
                  const color = rgba(getComputedStyle(e).backgroundColor);
                  if (color[3] > 0) return color;
                }
                return [255, 255, 255, 255];
              };
              const low = [];
              for (const element of document.body.querySelectorAll("*")) {
                const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
                if (!own || !element.checkVisibility() || ["SCRIPT", "STYLE"].includes(element.tagName)) continue;
                const style = getComputedStyle(element);
                const color = element.closest("svg") ? style.fill : style.color;
                const [a, b] = [light(rgba(color)), light(back(element))].sort((x, y) => y - x);
                const ratio = (a + 0.05) / (b + 0.05);
                if (ratio < 4.5) low.push(element.tagName + " " + element.textContent.slice(0, 20) + " " + ratio);
              }
              return low;
            })()
            """)
        #expect(low == [])
    }

    /// Nothing sticks out at the side.
    func fits() async throws {
        let excess = try await browser.evaluate("document.documentElement.scrollWidth - innerWidth")
        #expect((excess.number ?? 1) <= 0)
    }

    /// Everything to press or fill in has a name, headings do not skip levels, and the page says its language.
    func names() async throws {
        let problems = try await browser.evaluate(
            """
            (() => {
              const problems = [];
              if (!document.documentElement.lang) problems.push("no language");
              if (!document.title) problems.push("no title");
              if (document.querySelectorAll("main").length !== 1) problems.push("no main");
              let level = 0;
              for (const heading of document.querySelectorAll("h1,h2,h3,h4")) {
                const next = Number(heading.tagName[1]);
                if (next > level + 1) problems.push("heading " + heading.textContent);
                level = next;
              }
              for (const control of document.querySelectorAll("button,a,input,select,[tabindex]")) {
                if (control.type === "hidden") continue;
                const name = control.getAttribute("aria-label") || control.labels?.[0]?.textContent || control.textContent;
                if (!name.trim()) problems.push("no name: " + control.outerHTML);
              }
              for (const image of document.querySelectorAll("svg"))
                if (!image.querySelector("title") && image.getAttribute("aria-hidden") !== "true")
                  problems.push("no title: svg");
              for (const cell of document.querySelectorAll("th"))
                if (!cell.scope) problems.push("no scope: " + cell.textContent);
              const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
              if (new Set(ids).size !== ids.length) problems.push("an id twice");
              return problems;
            })()
            """)
        #expect(problems == [])
    }

    /// Nothing came from elsewhere, nothing was refused, and no script failed.
    func isAlone(at origin: String) {
        #expect(browser.complaints == [])
        #expect(browser.requests.filter { !$0.hasPrefix(origin + "/") && $0 != "about:blank" } == [])
    }
}
