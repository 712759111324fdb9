extension Realisation {
    /// An output of a derivation, and with it the layout of its file in a cache.
    public struct ID: Hashable, Sendable {
        /// How a derivation is named.
        public enum Derivation: Hashable, Sendable {
            /// By its hash modulo fixed outputs, before Nix 2.35.
            case hashModulo(NixHash)
            /// By its store path, from Nix 2.35 on.
            case path(StorePath)
        }

        /// The derivation.
        public let derivation: Derivation
        /// The name of the output, such as `out`.
        public let outputName: String

        /// Names an output.
        ///
        /// - Parameters:
        ///   - derivation: The derivation.
        ///   - outputName: The name of the output; it may have the characters of the name of a store path.
        /// - Throws: ``NarKitError`` with the code `invalidRealisation` when it has others, or none.
        public init(derivation: Derivation, outputName: some StringProtocol) throws(NarKitError) {
            let name = Array(outputName.utf8)
            guard (1...StorePath.maximumNameLength).contains(name.count), StorePath.isName(name.span) else {
                throw NarKitError(
                    .invalidRealisation,
                    "\(quoted(name)) cannot be the name of an output: it must be 1 to 211 letters, digits and + - . _ ? =."
                )
            }
            self.derivation = derivation
            self.outputName = String(outputName)
        }

        /// Reads the text form.
        ///
        /// - Parameter text: A hash that names its algorithm, `!` and an output; or the base name of a derivation's store
        ///   path, `^` and an output.
        /// - Throws: ``NarKitError`` with the code `invalidRealisation` when it is something else.
        public init(parsing text: String) throws(NarKitError) {
            do throws(NarKitError) {
                if let mark = text.firstIndex(of: "!") {
                    let hash = try NixHash(parsing: text[..<mark])
                    try self.init(derivation: .hashModulo(hash), outputName: text[text.index(after: mark)...])
                } else if let mark = text.firstIndex(of: "^") {
                    let path = try StorePath(baseName: text[..<mark])
                    try self.init(derivation: .path(path), outputName: text[text.index(after: mark)...])
                } else {
                    throw Self.malformed(text, cause: nil)
                }
            } catch {
                throw error.code == .invalidRealisation ? error : Self.malformed(text, cause: error)
            }
        }

        /// Reads the place of a realisation in a cache.
        ///
        /// - Parameter objectKey: `realisations/<hash>!<output>.doi` or `build-trace-v2/<derivation>/<output>.doi`.
        /// - Throws: ``NarKitError`` with the code `invalidRealisation` when it is something else.
        public init(objectKey: String) throws(NarKitError) {
            guard objectKey.hasSuffix(fileExtension) else { throw Self.malformed(objectKey, cause: nil) }
            let path = objectKey.dropLast(fileExtension.utf8.count)
            if path.hasPrefix(hashDirectory) {
                let text = path.dropFirst(hashDirectory.utf8.count)
                guard text.contains("!") else { throw Self.malformed(objectKey, cause: nil) }
                try self.init(parsing: String(text))
            } else if path.hasPrefix(pathDirectory), let slash = path.lastIndex(of: "/") {
                let name = path[..<slash].dropFirst(pathDirectory.utf8.count)
                try self.init(parsing: "\(name)^\(path[path.index(after: slash)...])")
            } else {
                throw Self.malformed(objectKey, cause: nil)
            }
        }

        /// Where the realisation is in a cache: `realisations/…` or `build-trace-v2/…`.
        public var objectKey: String {
            switch derivation {
            case .hashModulo: "\(hashDirectory)\(self)\(fileExtension)"
            case .path(let path): "\(pathDirectory)\(path)/\(outputName)\(fileExtension)"
            }
        }

        private static func malformed(_ text: String, cause: NarKitError?) -> NarKitError {
            NarKitError(
                .invalidRealisation,
                "\(quoted(text, limit: 260)) does not name a realisation: it must be made of a derivation and an output, "
                    + "such as sha256:…!out.",
                cause: cause)
        }
    }
}

private let hashDirectory = "realisations/"
private let pathDirectory = "build-trace-v2/"
private let fileExtension = ".doi"

extension Realisation.ID: CustomStringConvertible {
    /// The text form, such as `sha256:…!out` with hexadecimal, or `…-hello.drv^out`.
    public var description: String {
        switch derivation {
        case .hashModulo(let hash): "\(hash.algorithm.rawValue):\(hash.hex)!\(outputName)"
        case .path(let path): "\(path)^\(outputName)"
        }
    }
}
