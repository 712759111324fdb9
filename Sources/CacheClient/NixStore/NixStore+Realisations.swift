public import NarKit

extension NixStore {
    /// The realisations for the content-addressed paths of a closure, from `nix realisation info`.
    ///
    /// Nix tells realisations of derivations, not of outputs, and the deriver it records for a content-addressed path is the
    /// resolved derivation, while others ask by the one they evaluated. Both have the same name, so all derivations in the
    /// store with the deriver's name are asked.
    ///
    /// - Parameter closure: A closure as ``closure(of:)`` gives it.
    /// - Returns: The realisations whose output is one of its content-addressed paths, and those they depend on; sorted by
    ///   id. Empty where the store was never used with content-addressed derivations.
    /// - Throws: ``ClientError`` with the code `unreadablePath`, `unsupportedNix`, `nixMissing` or `cancelled`.
    public func realisations(for closure: [PathInfo]) async throws(ClientError) -> [Realisation] {
        let derivers = Dictionary(
            closure.compactMap { info in info.deriver.map { (info.storePath, $0) } },
            uniquingKeysWith: { first, _ in first })
        var outputs = Set(closure.filter { $0.contentAddress != nil && $0.deriver != nil }.map(\.storePath))
        guard !outputs.isEmpty, await keepsRealisations() else { return [] }
        let contentAddressed = outputs
        let derivations = try await derivationsByName()

        var known: [String: Realisation] = [:]
        var asked: Set<String> = []
        while true {
            // A round asks the derivations of what is missing so far; their outputs may depend on further ones.
            let names = Set(outputs.compactMap { derivers[$0]?.name }).subtracting(asked)
            asked.formUnion(names)
            let candidates = names.flatMap { derivations[$0] ?? [] }.sorted()
            for realisation in try await realisations(of: candidates) where derivers[realisation.outPath] != nil {
                known[realisation.id.description] = realisation
            }
            let (needed, missing) = Self.reachable(in: known, from: contentAddressed)
            outputs = missing
            if outputs.allSatisfy({ derivers[$0].map { asked.contains($0.name) } ?? true }) {
                return needed.sorted { $0.id.description < $1.id.description }
            }
        }
    }

    /// Follows dependencies from the realisations of some outputs.
    ///
    /// - Returns: The realisations that are reached, and the outputs of those that are not known.
    static func reachable(
        in known: [String: Realisation], from outputs: Set<StorePath>
    ) -> (needed: [Realisation], missing: Set<StorePath>) {
        var open = known.values.filter { outputs.contains($0.outPath) }
        var needed: [String: Realisation] = [:]
        var missing: Set<StorePath> = []
        while let realisation = open.popLast() {
            guard needed.updateValue(realisation, forKey: realisation.id.description) == nil else { continue }
            for (id, output) in realisation.dependentRealisations {
                if let dependency = known[id] { open.append(dependency) } else { missing.insert(output) }
            }
        }
        return (Array(needed.values), missing)
    }

    /// Whether the store was ever used with content-addressed derivations; asking for realisations would else change it.
    private func keepsRealisations() async -> Bool {
        let path = directories.state + "/db/ca-schema"
        return await BlockingWork.run { FileAccess.exists(path) }
    }

    private func derivationsByName() async throws(ClientError) -> [String: [StorePath]] {
        let directory = directories.files
        let names = try await BlockingWork.run { () throws(ClientError) in try FileAccess.names(inDirectory: directory)
        }
        var derivations: [String: [StorePath]] = [:]
        for name in names where name.hasSuffix(".drv") {
            guard let path = try? StorePath(baseName: name) else { continue }
            derivations[path.name, default: []].append(path)
        }
        return derivations
    }

    private func realisations(of derivations: [StorePath]) async throws(ClientError) -> [Realisation] {
        var found: [Realisation] = []
        for batch in batches(of: derivations) { found += try await realisations(of: batch) }
        return found
    }

    /// Asks for a batch, and for its halves when nix refuses it because one derivation was never built.
    private func realisations(of derivations: [String]) async throws(ClientError) -> [Realisation] {
        do throws(ClientError) {
            let answer = try await realisationInfo(derivations)
            if answer.isComplete { return answer.realisations }
            // Newer versions want to be told that the outputs are meant, in a way that older ones do not understand.
            return try await realisationInfo(derivations.map { $0 + "^*" }).realisations
        } catch  where error.code == .nixFailed {
            guard derivations.count > 1 else { return [] }
            let middle = derivations.count / 2
            let first = try await realisations(of: Array(derivations[..<middle]))
            return first + (try await realisations(of: Array(derivations[middle...])))
        }
    }

    private func realisationInfo(_ installables: [String]) async throws(ClientError) -> RealisationDocument {
        let text = try await command.run(
            ["realisation", "info", "--json", "--extra-experimental-features", "ca-derivations"] + installables,
            limit: 256 << 20)
        return try RealisationDocument(parsing: text)
    }
}
