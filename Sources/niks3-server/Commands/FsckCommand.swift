import ArgumentParser
import CacheCore
import CacheServer
import NarKit
import ProgramKit

/// `niks3-server fsck`.
struct FsckCommand: WorkCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck",
        abstract: "Compare what the database says with what the bucket holds.",
        discussion: """
            Give the flags of the server that say where both are; its servers may run meanwhile, but for one on a data \
            directory. Without --repair nothing is changed; what was found is kept for the page /admin/checks of the \
            servers. Nothing is ever deleted in the bucket.

            Prints one line for each finding: its kind, the key, and what is the matter. Exits with 0 when the cache is \
            sound, with 1 when it is damaged, or was and could not be repaired, and when the check failed, and with 130 \
            when it was interrupted. With surplus_refs and stray a cache is sound.

            lost, text, nar: an object is not there, or not what it should be; a repair has the next push send it anew. \
            incomplete: a closure that needs such an object; push it again with --verify-s3-integrity. \
            size, missing_refs, dangling_refs, surplus_refs: a row differs from its object; a repair corrects it. \
            unknown: an object that the database does not know and that has been there for 6 hours; after a repair \
            the next collection deletes it, so import first what is to stay. \
            signature: no key of the cache vouches for a narinfo. unreadable: the bucket has an object and does not \
            give it. stray: what is left of a pin or an upload.
            """)

    @ParentCommand var server: ServerCommand

    @Flag(help: "Repair what can be repaired.")
    var `repair` = false

    @Flag(help: "Also read all NARs whole, compare their hashes, and look at the signatures.")
    var deep = false

    @Flag(help: "Print JSON, one object a line, and a summary at the end.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Keep in this file how far the check is, and go on from there if the file exists.", valueName: "file"))
    var resume: String?

    @Option(
        help: ArgumentHelp(
            "With --deep, a key that may have signed besides those of --sign-key-path; may be repeated.",
            valueName: "name:base64"))
    var trustedPublicKey: [String] = []

    static let switches: Set<String> = ["repair", "deep", "json"]

    /// How many objects are looked at together; fewer when their NARs are read, so that an interruption is soon heard.
    private var pageSize: Int { deep ? 32 : 1000 }

    func check(_ settings: ServerSettings) throws(ConfigurationError) {
        _ = try trustedKeys()
    }

    private func trustedKeys() throws(ConfigurationError) -> [PublicKey] {
        var keys: [PublicKey] = []
        for text in trustedPublicKey {
            do { keys.append(try PublicKey(parsing: text)) } catch {
                throw ConfigurationError("--trusted-public-key \(text): \(error)")
            }
        }
        return keys
    }

    func work(_ work: Work) async throws -> WorkStatus {
        let keys = work.storage.signingKeys.map(\.publicKey) + (try trustedKeys())
        let checker = FsckService(
            metadata: work.storage.metadata, uploads: work.uploads,
            settings: FsckSettings(trustedKeys: keys.isEmpty ? nil : TrustedKeys(keys), pageSize: pageSize))
        let options = FsckOptions(repairs: `repair`, isDeep: deep)
        let file = resume.map(FsckPositionFile.init)
        var line = ProgressLine()
        let wording = FsckWording(json: json)
        var findings: [FsckFinding] = []
        let summary = try await checker.run(from: try file?.position(options) ?? FsckPosition(options)) {
            event throws(CacheError) in
            switch event {
            case .finding(let finding):
                if findings.count < FsckReport.listed { findings.append(finding) }
                line.print(wording.line(finding))
            case .position(let position):
                try file?.write(position)
                line.show(wording.progress(position))
                try work.interruption.check()
            }
        }
        try file?.remove()
        try await work.storage.metadata.recordCheck(
            FsckReport(
                finishedAt: try await work.storage.metadata.instant(), options: options, summary: summary,
                findings: findings))
        line.print(wording.line(summary))
        return summary.isSound ? .success : .failure
    }
}
