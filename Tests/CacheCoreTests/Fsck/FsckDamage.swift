import CacheCore
import NarKit
import TestServices
import Testing

/// A way to break a cache.
struct FsckDamage: Sendable, CustomTestStringConvertible {
    var name: String
    /// What is found, as `kind key`.
    var found: [String]
    /// What is found after a repair; the rest is repaired.
    var left: [String] = []
    /// Whether the cache is sound after that without a push.
    var isMended = true
    var damage: @Sendable (CacheFixture) async throws -> Void

    var testDescription: String { name }

    static let library = TestPackage("library")
    static let tool = TestPackage("tool", [library], refersToItself: true, log: true, realised: true)
    static let other = TestPackage("other")

    /// All that is done to a cache with the closures of ``tool`` and ``other``.
    static let all: [FsckDamage] = [
        FsckDamage(
            name: "a lost NAR", found: ["lost \(tool.narKey)"], left: ["incomplete \(tool.key)"], isMended: false,
            damage: { $0.bucket[tool.narKey] = nil }),
        FsckDamage(
            name: "a lost narinfo", found: ["lost \(library.key)"], left: ["incomplete \(tool.key)"], isMended: false,
            damage: { $0.bucket[library.key] = nil }),
        FsckDamage(
            name: "a lost top narinfo", found: ["lost \(other.key)"], left: ["incomplete \(other.key)"],
            isMended: false, damage: { $0.bucket[other.key] = nil }),
        FsckDamage(
            name: "a lost listing", found: ["lost \(tool.listingKey)"], isMended: false,
            damage: { $0.bucket[tool.listingKey] = nil }),
        FsckDamage(
            name: "a lost log", found: ["lost \(tool.logKey)"], isMended: false,
            damage: { $0.bucket[tool.logKey] = nil }),
        FsckDamage(
            name: "a lost realisation", found: ["lost \(tool.realisationKey ?? "")"], isMended: false,
            damage: { $0.bucket[tool.realisationKey ?? ""] = nil }),
        FsckDamage(
            name: "a condemned object that is lost", found: ["lost \(tool.logKey)"], isMended: false,
            damage: {
                try await $0.metadata.set(tool.logKey, to: .condemned)
                $0.bucket[tool.logKey] = nil
            }),
        FsckDamage(
            name: "an empty NAR", found: ["nar \(tool.narKey)"], left: ["incomplete \(tool.key)"], isMended: false,
            damage: { $0.bucket[tool.narKey]?.bytes = [] }),
        FsckDamage(
            name: "a NAR of another size", found: ["size \(tool.narKey)"],
            damage: { $0.bucket[tool.narKey]?.bytes += [0] }),
        FsckDamage(
            name: "a log of another size", found: ["size \(tool.logKey)"],
            damage: { $0.bucket[tool.logKey]?.bytes = [] }),
        FsckDamage(
            name: "a narinfo that is none", found: ["text \(other.key)"], left: ["incomplete \(other.key)"],
            isMended: false, damage: { try $0.edit(other.key) { "<html>" + $0 } }),
        FsckDamage(
            name: "a narinfo that is too large", found: ["text \(other.key)"], left: ["incomplete \(other.key)"],
            isMended: false,
            damage: { $0.bucket[other.key]?.bytes = Array(repeating: 10, count: (4 << 20) + 1) }),
        FsckDamage(
            name: "the narinfo of another path", found: ["text \(other.key)"], left: ["incomplete \(other.key)"],
            isMended: false, damage: { $0.bucket[other.key]?.bytes = $0.bucket[library.key]?.bytes ?? [] }),
        FsckDamage(
            name: "a narinfo with an unknown compression", found: ["text \(other.key)"],
            left: ["incomplete \(other.key)"], isMended: false,
            damage: { try $0.edit(other.key) { $0.replacing("Compression: zstd", with: "Compression: br") } }),
        FsckDamage(
            name: "a realisation that is none", found: ["text \(tool.realisationKey ?? "")"], isMended: false,
            damage: { $0.bucket[tool.realisationKey ?? ""]?.bytes = Array("{}".utf8) }),
        FsckDamage(
            name: "a row without the reference of its text", found: ["missing_refs \(tool.key)"],
            damage: { fixture in
                let (row, reference) = (try await fixture.row(tool.key), try await fixture.row(library.key))
                try await fixture.metadata.setRefs(row.refs.filter { $0 != reference.id }, of: row.id)
            }),
        FsckDamage(
            name: "a row without any reference", found: ["missing_refs \(tool.key)"],
            damage: { try await $0.metadata.setRefs([], of: try await $0.row(tool.key).id) }),
        FsckDamage(
            name: "a row that refers to too much", found: ["surplus_refs \(tool.key)"],
            damage: { fixture in
                let row = try await fixture.row(tool.key)
                let more = [try await fixture.row(other.key).id, try await fixture.row(other.narKey).id]
                try await fixture.metadata.setRefs(more + row.refs, of: row.id)
            }),
        FsckDamage(
            name: "a row that refers to nothing known, and lacks nothing",
            found: ["dangling_refs \(tool.key)", "incomplete \(tool.key)"],
            damage: { fixture in
                let row = try await fixture.row(tool.key)
                try await fixture.metadata.setRefs(row.refs + [999_999], of: row.id)
            }),
        FsckDamage(
            name: "a row that refers to nothing known instead of what it needs",
            found: ["dangling_refs \(tool.key)", "incomplete \(tool.key)", "missing_refs \(tool.key)"],
            damage: { fixture in
                let (row, reference) = (try await fixture.row(tool.key), try await fixture.row(library.key))
                try await fixture.metadata.setRefs(
                    row.refs.map { $0 == reference.id ? 999_999 : $0 }, of: row.id)
            }),
        FsckDamage(
            name: "a closure with an object that is being deleted", found: ["incomplete \(tool.key)"],
            left: ["incomplete \(tool.key)"], isMended: false,
            damage: { try await $0.metadata.set(library.narKey, to: .deleting) }),
        FsckDamage(
            name: "what the database does not know",
            found: ["unknown nar/\(String(repeating: "0", count: 52)).nar.xz"],
            damage: { fixture in
                let key = "nar/\(String(repeating: "0", count: 52)).nar.xz"
                fixture.bucket[key] = .init(
                    bytes: [1], lastModified: fixture.clock.now - .seconds(6 * 3600) - .microseconds(1))
            }),
        FsckDamage(
            name: "strays", found: ["stray pending/999/\(other.key)", "stray pins/gone"],
            left: ["stray pending/999/\(other.key)", "stray pins/gone"], isMended: false,
            damage: { fixture in
                fixture.bucket["pins/gone"] = .init(bytes: [1])
                fixture.bucket["pending/999/\(other.key)"] = .init(bytes: [1])
            }),
    ]
}
