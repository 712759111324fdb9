import NarKit
import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Arguments that lead to store paths, in a directory tree made for it.
@Suite final class StorePathArgumentTests {
    private let base: String
    private let directories: NixDirectories
    private let name = String(repeating: "1", count: 32) + "-hello"

    init() throws {
        let temporary = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        base = temporary + "/niks3-links-" + UUID().uuidString
        directories = NixDirectories(store: try StoreDirectory(base + "/store"))
        for directory in ["/store/\(name)/bin", "/store/\(String(repeating: "2", count: 32))-other", "/work/sub"] {
            try FileManager.default.createDirectory(atPath: base + directory, withIntermediateDirectories: true)
        }
        let links = [
            ("/work/result", "\(base)/store/\(name)"), ("/work/again", "result"), ("/work/sub/up", "../again"),
            ("/work/program", "\(base)/store/\(name)/bin/hello"), ("/work/alias", "\(base)/work"),
            ("/store/\(name)/bin/hello", "/elsewhere/hello"), ("/work/loop", "loop"), ("/work/outside", "/etc/passwd"),
            ("/work/broken", "\(base)/store/not-a-store-path"),
        ]
        for (link, target) in links {
            try FileManager.default.createSymbolicLink(atPath: base + link, withDestinationPath: target)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: base) }

    @Test(
        "links are followed up to the first path in the store",
        arguments: [
            "BASE/store/NAME", "BASE/store/NAME/", "BASE/store/NAME/bin/hello", "BASE/store/NAME/bin/nothing",
            "BASE/store/./NAME", "BASE/work/../store/NAME", "result", "./result", "result/bin/hello", "again", "sub/up",
            "program", "alias/result", "BASE/store/OTHER/../NAME", "again/bin/../bin/hello", "sub/../result",
            "alias/sub/../again",
        ])
    func resolved(argument: String) throws {
        let text = argument.replacing("BASE", with: base).replacing("NAME", with: name)
            .replacing("OTHER", with: String(repeating: "2", count: 32) + "-other")
        let path = try directories.storePath(ofArgument: text, workingDirectory: base + "/work")
        #expect(path.baseName == name)
    }

    @Test("a link of the system itself is followed too, and a store path need not exist")
    func absent() throws {
        let path = base + "/store/" + String(repeating: "2", count: 32) + "-absent"
        #expect(try directories.storePath(ofArgument: path, workingDirectory: "/").name == "absent")
    }

    @Test(
        "what leads elsewhere is refused with where it leads",
        arguments: [
            (
                "outside", ClientError.Code.notInStore,
                "outside leads to /etc/passwd, which is not in the store BASE/store: give a store path, or a link to one "
                    + "such as ./result."
            ),
            (
                "sub", .notInStore,
                "sub leads to BASE/work/sub, which is not in the store BASE/store: give a store path, or a link to one "
                    + "such as ./result."
            ),
            (
                "BASE/store", .notInStore,
                "BASE/store leads to BASE/store, which is not in the store BASE/store: give a store path, or a link to one "
                    + "such as ./result."
            ),
            ("absent", .unreadablePath, "Could not resolve BASE/work/absent: No such file or directory."),
            ("loop", .unreadablePath, "loop leads through too many symbolic links."),
            ("", .invalidArgument, "An empty text is not a path: give a store path or a link to one."),
        ])
    func refused(argument: String, code: ClientError.Code, message: String) {
        let error = #expect(throws: ClientError.self) {
            try directories.storePath(
                ofArgument: argument.replacing("BASE", with: base), workingDirectory: base + "/work")
        }
        #expect(error?.code == code)
        #expect(error?.message == message.replacing("BASE", with: base))
    }

    @Test("a malformed name in the store is refused")
    func malformed() {
        let error = #expect(throws: ClientError.self) {
            try directories.storePath(ofArgument: "broken", workingDirectory: base + "/work")
        }
        #expect(error?.code == .notInStore)
        #expect(error?.message.hasPrefix("broken does not lead to a store path: ") == true)
    }
}
