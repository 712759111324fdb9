import CacheCore
import Testing

@Suite("Checking a create request")
struct CreateUploadPlanTests {
    static let package = TestPackage("package-1", narSize: 1000)
    static let other = TestPackage("other-1")

    @Test("takes each object once, sorted, with all its references")
    func merges() throws {
        var twice = Self.package.objects
        twice.append(UploadObject(key: Self.package.key, type: .narinfo, refs: [Self.other.key, "no key", "../x"]))
        let plan = try CreateUploadPlan(
            CreateUploadRequest(closure: Self.package.key, objects: twice, external: [Self.other.key, "no key"]),
            maximumNarSize: nil)
        #expect(plan.roots == [Self.package.key])
        #expect(plan.external == [Self.other.key])
        #expect(
            plan.claims.map(\.key.text) == [Self.package.key, Self.package.listingKey, Self.package.narKey].sorted())
        let claim = try #require(plan.claims.first { $0.key.text == Self.package.key })
        #expect(claim.refs == [Self.package.narKey, Self.package.listingKey, Self.other.key])
        #expect(plan.claims.first { $0.key.type == .nar }?.narSize == 1000)
    }

    @Test("goes on in a fixed order")
    func order() {
        let bad = [UploadObject(key: "rubbish", type: .nar, narSize: 10_000)]
        let large = [UploadObject(key: Self.package.narKey, type: .nar, narSize: 1001)]
        let cases: [(CreateUploadRequest, String)] = [
            (CreateUploadRequest(closure: "", objects: []), "The field 'closure' is missing"),
            (CreateUploadRequest(roots: [], objects: []), "The field 'roots' is missing"),
            (CreateUploadRequest(closure: "x.nar", objects: []), "must end in .narinfo"),
            (CreateUploadRequest(closure: "x.narinfo", objects: []), "does not match its type narinfo"),
            (CreateUploadRequest(closure: Self.package.key, objects: []), "lists no objects"),
            (CreateUploadRequest(closure: Self.package.key, objects: bad), "does not match its type nar"),
            (CreateUploadRequest(closure: Self.package.key, objects: large), "exceeds server max NAR size"),
            (
                CreateUploadRequest(
                    closure: Self.package.key,
                    objects: [UploadObject(key: Self.package.narKey, type: .nar, narSize: -1)]), "is negative"
            ),
            (CreateUploadRequest(roots: [Self.other.key], objects: Self.package.objects), "is not among the objects"),
        ]
        for (request, message) in cases {
            let error = #expect(throws: CacheError.self) { try CreateUploadPlan(request, maximumNarSize: 1000) }
            #expect(error?.code == .invalidRequest)
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        }
        #expect(throws: Never.self) {
            try CreateUploadPlan(
                CreateUploadRequest(closure: Self.package.key, objects: Self.package.objects), maximumNarSize: 1000)
        }
    }

    @Test(
        "limits what may lie under a NAR's key",
        arguments: [
            (nil, nil, nil), (0, nil, nil), (1280, nil, 1280 + 10 + 65_536), (nil, 12_800, 12_800 + 100 + 65_536),
            (Int64.max, nil, nil),
        ] as [(Int64?, Int64?, Int64?)])
    func sizes(narSize: Int64?, maximum: Int64?, expected: Int64?) {
        let settings = UploadSettings(signer: LocalSigner(keys: []), maximumNarSize: maximum)
        #expect(settings.maximumUploadSize(narSize: narSize) == expected)
    }
}
