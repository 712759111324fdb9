import CacheServer
import HTTPTypes
import HummingbirdTesting
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Walks the table of routes with every kind of credential.
@Suite struct AccessTableTests {
    @Test(arguments: TestCredential.Kind.allCases)
    func everyRoute(kind: TestCredential.Kind) async throws {
        try await TestCredential.withAuthenticators { authenticators, credentials in
            try await TestServer.run(authenticators: authenticators) { server in
                try await server.routes { client in
                    for credential in credentials where credential.kind == kind {
                        for access in RouteAccess.table {
                            let status = try await status(of: access, with: credential, client)
                            try expect(status, of: access, with: credential)
                        }
                    }
                }
            }
        }
    }

    @Test func openReads() async throws {
        try await TestServer.run { server in
            try await server.put("text", at: "nix-cache-info")
            try await server.routes { client in
                for authorization in [nil, "Bearer wrong", "Basic !"] {
                    var headers: HTTPFields = [:]
                    headers[.authorization] = authorization
                    let response = try await client.send(.get, "/nix-cache-info", headers: headers)
                    #expect(response.text == "text")
                }
            }
        }
    }

    @Test func theDocumentedTable() throws {
        let path = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/docs/access.md"
        let page = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        let methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
        let table = page.split(separator: "\n").map(String.init).filter { line in
            methods.contains { line.hasPrefix("| `\($0) ") }
        }
        #expect(table == RouteAccess.table.map(Self.row))
    }

    private static func row(of access: RouteAccess) -> String {
        let path = access.path.replacing("**", with: "{key}").split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.joined(separator: "/")
        let cells =
            switch access.requirement {
            case .nothing: ["✓", "✓", "✓", "✓"]
            case .signature: ["signed URL", "signed URL", "signed URL", "signed URL"]
            case .readingIfGated: ["unless gated", "✓", "✓", "✓"]
            case .scope(.write): ["", "", "✓", ""]
            default: ["", "", "", "✓"]
            }
        return "| `\(access.method) \(path)` | " + cells.joined(separator: " | ") + " |"
    }

    private func status(
        of access: RouteAccess, with credential: TestCredential, _ client: any TestClientProtocol
    ) async throws -> HTTPResponse.Status {
        let names = [
            ":id": "1", ":name": "a", ":farm": "%21", ":key": String(repeating: "0", count: 32) + ".narinfo",
            "**": "nix-cache-info",
        ]
        let path = access.path.split(separator: "/", omittingEmptySubsequences: false)
            .map { names[String($0)] ?? String($0) }.joined(separator: "/")
        // Whatever gets this body refuses it, but only after it has let the request in.
        let body = access.method == .post ? "nonsense" : nil
        var headers = credential.fields
        // Changes from a page have to come from here.
        if case .page = access.requirement, let field = HTTPField.Name("Origin") { headers[field] = "http://localhost" }
        return try await client.send(access.method, path, headers: headers, body: body).status
    }

    private func expect(
        _ status: HTTPResponse.Status, of access: RouteAccess, with credential: TestCredential
    ) throws {
        let what: Comment = "\(access.method) \(access.path) with \(credential.name)"
        let needed: Scopes
        switch access.requirement {
        case .nothing:
            #expect(status == .ok || access.path == "/readyz", what)
            return
        case .signature:
            // No credential stands in for the signature, and nothing but PUT is ever signed.
            #expect(access.method == .put ? [400, 403].contains(status.code) : status == .methodNotAllowed, what)
            return
        case .readingIfGated: needed = .read
        case .scope(let scope), .page(let scope): needed = scope
        }
        if let scopes = credential.scopes {
            #expect((status == .forbidden) == !scopes.isSuperset(of: needed), what)
            #expect(status != .unauthorized, what)
        } else {
            #expect(status == .unauthorized, what)
        }
        #expect(status != .methodNotAllowed, what)
    }
}
