import CacheCore
import CacheServer
import TestServices
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct DataDirectoryTests {
    private func mode(of path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func isMadeForItsOwnerOnly() throws {
        try withTemporaryDirectory { root throws in
            let directory = try DataDirectory(path: root + "/a/b")
            #expect(mode(of: directory.path) == 0o700)
        }
    }

    @Test func letsOneServerIn() throws {
        try withTemporaryDirectory { root throws in
            let first = try DataDirectory(path: root)
            #expect(throws: CacheError.self) { try DataDirectory(path: root) }
            withExtendedLifetime(first) {}
        }
    }

    @Test func isFreeAgainAfterwards() async throws {
        try await withTemporaryDirectory { root async throws in
            _ = try DataDirectory(path: root)
            _ = try await reopening { try DataDirectory(path: root) }
        }
    }

    @Test func namesWhatStandsInTheWay() throws {
        try withTemporaryDirectory { root throws in
            let file = SecretFile(path: root + "/file")
            _ = try file.contents { "x" }
            #expect(throws: ConfigurationError("\(file.path) cannot be written: Not a directory")) {
                try DataDirectory(path: file.path)
            }
        }
    }

    @Test func secretsAreMadeOnce() throws {
        try withTemporaryDirectory { root throws in
            let file = SecretFile(path: root + "/secret")
            #expect(try file.contents() == nil)
            #expect(try file.contents { "first" } == "first")
            #expect(try file.contents { "second" } == "first")
            #expect(mode(of: file.path) == 0o600)
            #expect(mode(of: file.path + ".new") == 0)
        }
    }

    @Test(arguments: [("", "is empty; write the secret into it"), ("\n \n", "is empty; write the secret into it")])
    func emptySecretsAreRefused(text: String, message: String) throws {
        try withTemporaryDirectory { root throws in
            let file = SecretFile(path: root + "/secret")
            _ = try file.contents { text }
            #expect(throws: ConfigurationError("\(file.path) \(message)")) { try file.contents() }
        }
    }
}
