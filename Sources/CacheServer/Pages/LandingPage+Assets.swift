extension LandingPage {
    /// Nothing may be put into it: the page's policy has its hash.
    static let style = HTML(
        stringLiteral: PageStyle.common + """
            h3{font-size:.95rem;margin:1.25rem 0 .35rem}
            .code{display:flex;align-items:flex-start;border:1px solid var(--line);border-radius:.5rem;background:var(--box)}
            .code pre{flex:1;min-width:0}
            .code button{flex:none;margin:.5rem .5rem .5rem 0;min-width:5rem}
            @media(max-width:30rem){.code{flex-direction:column}.code pre{width:100%;flex:none}.code button{margin:0 1rem .75rem}}
            .said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
            """)

    /// Adds buttons that copy, and keeps the numbers new.
    static let script: HTML = """

        "use strict";
        const said = document.getElementById("said");
        for (const box of document.querySelectorAll(".code")) {
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = "Copy";
          button.setAttribute("aria-label", "Copy " + box.dataset.name);
          button.addEventListener("click", async () => {
            const text = box.querySelector("pre");
            try {
              await navigator.clipboard.writeText(text.textContent);
            } catch {
              getSelection().selectAllChildren(text);
              document.execCommand("copy");
            }
            button.textContent = "Copied";
            said.textContent = "Copied " + box.dataset.name;
            setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 2000);
          });
          box.append(button);
        }
        const numbers = document.getElementById("statistics");
        const size = (bytes) => {
          const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
          let unit = 0;
          for (; bytes >= 999.5 && unit < units.length - 1; unit++) bytes /= 1000;
          return bytes.toFixed(unit > 0 && bytes < 9.95 ? 1 : 0) + " " + units[unit];
        };
        const refresh = async () => {
          if (document.hidden) return;
          try {
            const cache = await (await fetch(numbers.dataset.source)).json();
            document.getElementById("objects").textContent = cache.objects.toLocaleString("en");
            document.getElementById("bytes").textContent = size(cache.logical_bytes);
            numbers.hidden = false;
          } catch {}
        };
        refresh();
        setInterval(refresh, 30000);

        """
}
