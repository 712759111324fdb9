import Testing

@Suite(.timeLimit(.minutes(5))) struct S3ConformanceTests {
    @Test(arguments: ObjectStoreConformance.all)
    func conforms(_ conformance: ObjectStoreConformance) async throws {
        try await withS3Store { try await conformance.check($0) }
    }
}
