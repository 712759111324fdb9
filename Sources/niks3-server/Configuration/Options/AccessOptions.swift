import ArgumentParser

/// Who may write, and the keys that vouch for what was written.
struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with the token of the clients that push, of at least 36 characters.",
            discussion: "Default: api-token in the data directory, made on first start. Needed with a database.",
            valueName: "file"))
    var apiTokenPath: String?

    @Option(help: ArgumentHelp("That token itself; a file is not shown by ps.", valueName: "token"))
    var apiToken: String?

    @Option(
        help: ArgumentHelp(
            "A file of further tokens, each with a name, scopes and an end of its own.",
            discussion: """
                It is changed with 'niks3-server tokens add' and 'revoke', and read again within a second. A token in it \
                with the scope read has all reads take a token.
                """,
            valueName: "file"))
    var tokensPath: String?

    @Option(
        help: ArgumentHelp(
            "A file with a token that allows only reading; may be repeated. All reads take a token then.",
            discussion: """
                Nix sends it as the password of a netrc file. NIKS3_READ_TOKEN_PATH gives files too, separated by \
                spaces.
                """,
            valueName: "file"))
    var readTokenPath: [String] = []

    @Option(
        help: ArgumentHelp(
            "A JSON file of the OpenID Connect providers whose tokens let somebody in.",
            discussion: "See docs/access.md. It is read at the start; keys of the providers are kept up to date.",
            valueName: "file"))
    var oidcConfig: String?

    @Option(
        help: ArgumentHelp(
            "A field of requests by which a proxy says SUCCESS of a client certificate that it has verified.",
            discussion: """
                Whoever reaches this server past the proxy can write the field himself: listen where only the proxy \
                can connect.
                """,
            valueName: "field"))
    var mtlsProxyHeader: String?

    @Option(
        help: ArgumentHelp(
            "The field in which the proxy names the certificate's subject. Default: X-SSL-Client-Dn.",
            valueName: "field"))
    var mtlsSubjectHeader: String?

    @Option(
        help: ArgumentHelp(
            "Subjects of client certificates that may do everything, as CN=ci-*,O=Acme; may be repeated.",
            discussion: """
                A pattern for the subject with its most specific part first (RFC 2253): * stands for any characters, ? \
                for one. Without any pattern, here and for reading, every verified certificate may do everything. \
                NIKS3_MTLS_BOUND_SUBJECT takes several, separated by spaces; write ? for a space in a subject.
                """,
            valueName: "pattern"))
    var mtlsBoundSubject: [String] = []

    @Option(
        help: ArgumentHelp(
            "Subjects of client certificates that may only read; may be repeated. All reads take a credential then.",
            valueName: "pattern"))
    var mtlsBoundSubjectRead: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file with a secret key to sign with; may be repeated.",
            discussion: """
                Default: signing-key in the data directory, made on first start unless a program signs. With a \
                database nothing is signed without one. NIKS3_SIGN_KEY_PATHS adds files, separated by spaces.
                """,
            valueName: "file"))
    var signKeyPath: [String] = []

    @Option(
        help: ArgumentHelp(
            "A program that signs in place of, or beside, keys in files.",
            discussion: """
                It is started without arguments and kept running. One JSON text a line: \
                {"id":1,"fingerprints":{KEY:BASE64}} is answered by {"id":1,"signatures":{KEY:"NAME:BASE64"}} or \
                {"id":1,"error":"…"}.
                """,
            valueName: "program"))
    var signProgram: String?

    @Option(
        help: ArgumentHelp(
            "The public half of the key that the program signs with; may be repeated.",
            discussion: "NIKS3_SIGN_PROGRAM_PUBLIC_KEY takes several, separated by spaces.", valueName: "name:base64"))
    var signProgramPublicKey: [String] = []
}
