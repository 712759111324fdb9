import Testing

@Suite struct DirectoryConformanceTests {
    @Test(arguments: ObjectStoreConformance.all)
    func conforms(_ conformance: ObjectStoreConformance) async throws {
        try await withDirectoryStore { try await conformance.check($0) }
    }
}
