import CacheCore
import HTTPTypes
import HummingbirdTesting
import Testing

extension TestPush {
    /// Pushes a path with all it refers to, from the first step to the last.
    func all(of path: SamplePath) async throws {
        let created = try await create(CreateUploadRequest(closure: path.narInfoKey, objects: path.closure))
        let paths = path.withReferences
        for each in paths {
            for (key, bytes) in [(each.narKey, each.nar), (each.listingKey, Array("{}".utf8))] {
                guard let url = created.pendingObjects[key]?.presignedURL else { continue }
                #expect(try await put(bytes, to: url).status == .ok)
            }
        }
        let narinfos = Dictionary(paths.map { ($0.narInfoKey, $0.signing) }) { first, _ in first }
        _ = try await sign(created.id, SignRequest(narinfos: narinfos, publish: true))
        #expect(try await complete(created.id).status == .noContent)
    }
}

extension SamplePath {
    /// The path, and all that it refers to.
    fileprivate var withReferences: [SamplePath] { references.flatMap(\.withReferences) + [self] }
}
