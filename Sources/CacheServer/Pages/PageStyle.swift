/// How pages look, in light and in dark.
enum PageStyle {
    /// What all pages share.
    static let common = """
        :root{color-scheme:light dark;--back:#fff;--text:#1b1f23;--quiet:#57606a;--line:#d3d9df;--box:#f4f6f8;--link:#0b57b7;\
        --good:#176f3d;--bad:#b3261e;--on-link:#fff}
        @media(prefers-color-scheme:dark){:root{--back:#14171a;--text:#e7eaed;--quiet:#a5aeb8;--line:#3a4149;--box:#1f2428;\
        --link:#86b7ff;--good:#6fd39a;--bad:#ff9a91;--on-link:#14171a}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem 3rem;background:var(--back);color:var(--text);\
        font:1rem/1.5 system-ui,sans-serif;overflow-wrap:break-word}
        h1{font-size:1.7rem;line-height:1.2;margin:0 0 .25rem}
        h2{font-size:1.15rem;margin:2rem 0 .5rem}
        p{margin:.5rem 0}
        a{color:var(--link)}
        .quiet{color:var(--quiet)}
        code,pre{font:.875rem/1.5 ui-monospace,monospace}
        pre{margin:0;padding:.75rem 1rem;overflow-x:auto}
        button{font:inherit;font-size:.875rem;padding:.25rem .75rem;border:1px solid var(--line);border-radius:.375rem;\
        background:var(--back);color:var(--text);cursor:pointer}
        button:hover{border-color:var(--link);color:var(--link)}
        :focus-visible{outline:2px solid var(--link);outline-offset:2px}
        dl.numbers{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}
        dl.numbers div{flex:1 1 9rem;padding:.75rem 1rem;border:1px solid var(--line);border-radius:.5rem}
        dl.numbers dt{color:var(--quiet);font-size:.875rem}
        dl.numbers dd{margin:0;font-size:1.4rem;font-variant-numeric:tabular-nums}

        """
}
