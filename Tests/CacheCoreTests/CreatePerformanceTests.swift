import CacheCore
import CacheStorage
import TestServices
import Testing

@Suite("A create of many objects")
struct CreatePerformanceTests {
    private func request(paths: Int) -> CreateUploadRequest {
        let root = TestPackage("root-\(paths)")
        let leaves = (0..<paths).map { TestPackage("leaf-\(paths)-\($0)") }
        var objects = leaves.flatMap(\.objects) + root.objects
        for index in objects.indices.dropLast() where objects[index].type == .narinfo {
            objects[index].refs += (1...5).map { leaves[(index + $0) % paths].key }
        }
        return CreateUploadRequest(closure: root.key, objects: objects)
    }

    @Test("is linear", .timeLimit(.minutes(5)), arguments: MetadataKind.allCases)
    func linear(kind: MetadataKind) async throws {
        let clock = ContinuousClock()
        func measure(paths: Int) async throws -> Duration {
            let cache = try await CacheFixture(kind)
            let request = request(paths: paths)
            let time = try await clock.measure {
                let created = try await cache.service.create(request, origin: nil)
                #expect(created.pendingObjects.count == 3 * paths + 3)
            }
            try await cache.expectSound()
            return time
        }
        _ = try await measure(paths: 100)
        let small = try await measure(paths: 500)
        let large = try await measure(paths: 5000)
        // Ten times the objects: a quadratic one would take a hundred times as long. Other tests take their share meanwhile.
        #expect(large < small * 70, "\(small) for 1,500 objects, \(large) for 15,000")
    }
}
