import CurlKit
import Logging
import NarKit
import Testing

@testable import CacheClient

@Suite struct HookUploaderTests {
    @Test("the whole closure is told, and what has vanished is left out")
    func closure() async throws {
        let dependency = try storePath("1", "dependency")
        let root = try storePath("2", "root")
        let store = try await TestStore([
            .init(path: dependency, content: Array("dependency".utf8)),
            .init(path: root, content: Array("root".utf8), references: [dependency]),
        ])
        let cache = FakeCache()
        let directory = store.directories.store
        let (rootPath, gone) = (root.path(in: directory), try storePath("3", "gone").path(in: directory))
        try await FakeServer.run(handler: { request, url in cache.answer(request, url) }) { server in
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            let http = HTTPClient(configuration: configuration)
            let uploader = HookUploader(
                api: APIClient(
                    server: try ServerURL(server.url), tokens: try FixedToken("secret", description: "the test"),
                    http: http), store: store, options: PushOptions(), logger: Logger(label: "test"))
            let outcome = try await uploader.push([rootPath + "/", gone, "/elsewhere"])
            #expect(outcome.vanished == [gone, "/elsewhere"])
            #expect(Set(outcome.pushed) == [rootPath, rootPath + "/", dependency.path(in: directory)])
            #expect(outcome.summary?.newPaths == 2)
            #expect(try await uploader.push([gone]) == HookOutcome(vanished: [gone]))
            await http.shutdown()
        }
        #expect(cache.objects.keys.count { $0.hasSuffix(".narinfo") } == 2)
    }
}
