import ArgumentParser
import CacheCore
import CacheServer
import NarKit
import ProgramKit

/// `niks3-server resign`.
struct ResignCommand: WorkCommand {
    static let configuration = CommandConfiguration(
        commandName: "resign",
        abstract: "Add the signatures of new keys to the narinfos that are stored.",
        discussion: """
            Give the flags of the server that say where everything is, and with --sign-key-path the keys that all narinfos \
            are to be signed with. Its servers may run meanwhile, but for one on a data directory. Signatures that are \
            there stay, and so does everything else; readers see one narinfo or the other.

            A narinfo is signed if one of these keys, or of --trusted-public-key, has signed it already: give the key that \
            is replaced. With --all that is not looked at.

            Prints a line for each narinfo that is left as it is. It can be repeated: what has the signatures is passed \
            over. Exits with 0 when all have them, with 1 when some have not, or it failed, and with 130 when it was \
            interrupted.
            """)

    @ParentCommand var server: ServerCommand

    @Option(
        help: ArgumentHelp(
            "A key whose signature makes a narinfo be signed, besides those of --sign-key-path; may be repeated.",
            valueName: "name:base64"))
    var trustedPublicKey: [String] = []

    @Flag(help: "Sign all narinfos, whoever has signed them.")
    var all = false

    @Flag(help: "Print JSON, one object a line, and a summary at the end.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Keep in this file how far it is, and go on from there if the file exists.", valueName: "file"))
    var resume: String?

    static let switches: Set<String> = ["all", "json"]

    func check(_ settings: ServerSettings) throws(ConfigurationError) {
        _ = try trustedKeys()
        if all, !trustedPublicKey.isEmpty {
            throw ConfigurationError("--all and --trusted-public-key contradict each other; give one of them")
        }
        if case .shared = settings.storage, settings.signingKeys.isEmpty {
            throw ConfigurationError("resign needs the keys to sign with; give --sign-key-path FILE")
        }
    }

    private func trustedKeys() throws(ConfigurationError) -> [PublicKey] {
        try trustedPublicKey.map { text throws(ConfigurationError) in
            do { return try PublicKey(parsing: text) } catch {
                throw ConfigurationError("--trusted-public-key \(text): \(error)")
            }
        }
    }

    func work(_ work: Work) async throws -> WorkStatus {
        let own = work.storage.signingKeys.map(\.publicKey)
        guard !own.isEmpty else {
            throw CacheError(.invalidRequest, "There is no key to sign with; give --sign-key-path FILE.")
        }
        let trusted = all ? nil : TrustedKeys(own + (try trustedKeys()))
        let service = ResignService(metadata: work.storage.metadata, uploads: work.uploads, trustedKeys: trusted)
        let file = resume.map { JSONFile<ResignPosition>(path: $0, says: "how far signing is") }
        var line = ProgressLine()
        let summary = try await service.run(from: try file?.read() ?? ResignPosition()) {
            event throws(CacheError) in
            switch event {
            case .refused(let key, let reason):
                line.print(refusal(key, reason))
            case .position(let position):
                try file?.write(position)
                line.show(position.summary.line)
                try work.interruption.check()
            }
        }
        try file?.remove()
        line.print(json ? try SummaryLine(summary: summary).jsonLine : summary.line)
        return summary.refused == 0 ? .success : .failure
    }

    private func refusal(_ key: String, _ reason: String) -> String {
        if json, let line = try? RefusalLine(refused: key, reason: reason).jsonLine { return line }
        return "not signed \(key): \(reason)"
    }
}

extension ResignSummary {
    fileprivate var line: String {
        "narinfos: \(narInfos), signed: \(signed), signed before: \(present), left as they are: \(refused)"
    }
}
