public import NarKit

extension NixDirectories {
    /// Finds the store path that an argument of a user means.
    ///
    /// Symbolic links are followed one at a time until a path lies in the store, so that `./result` means what was built and
    /// a link inside the store is not followed out of it.
    ///
    /// - Parameter argument: A path, absolute or relative to the working directory, which may go on below the store path.
    /// - Returns: The store path; whether it is valid is for the store to say.
    /// - Throws: ``ClientError`` with the code `notInStore` when the path leads elsewhere, or `unreadablePath` when it does
    ///   not exist.
    public func storePath(ofArgument argument: String) throws(ClientError) -> StorePath {
        try storePath(ofArgument: argument, workingDirectory: try FileAccess.workingDirectory())
    }

    func storePath(ofArgument argument: String, workingDirectory: String) throws(ClientError) -> StorePath {
        guard !argument.isEmpty else {
            throw ClientError(.invalidArgument, "An empty text is not a path: give a store path or a link to one.")
        }
        var remaining = Self.reversedComponents(of: argument)
        var current = argument.hasPrefix("/") ? [] : Self.components(of: workingDirectory)
        let stores = (files == store.path ? [files] : [store.path, files]).map(Self.components)
        /// Where the name of a store path stands in a path that lies in the store.
        func indexOfName(in path: [String]) -> Int? {
            stores.first { path.count > $0.count && path.starts(with: $0) && !path[$0.count...].contains("..") }?.count
        }
        var linksLeft = 64
        // As soon as the text of the whole path lies in the store, its links are those of the store and not followed.
        var whole = current + remaining.reversed()
        var index = indexOfName(in: whole)
        while index == nil {
            guard let component = remaining.popLast() else {
                throw notInStore(argument, resolved: "/" + current.joined(separator: "/"))
            }
            if component == ".." {
                _ = current.popLast()
            } else if let target = try FileAccess.symbolicLinkTarget(
                of: "/" + (current + [component]).joined(separator: "/"))
            {
                linksLeft -= 1
                guard linksLeft > 0 else {
                    throw ClientError(.unreadablePath, "\(argument) leads through too many symbolic links.")
                }
                if target.hasPrefix("/") { current = [] }
                remaining += Self.reversedComponents(of: target)
            } else {
                current.append(component)
            }
            whole = current + remaining.reversed()
            index = indexOfName(in: whole)
        }
        do throws(NarKitError) {
            return try StorePath(baseName: whole[index ?? 0])
        } catch {
            throw ClientError(
                .notInStore, "\(argument) does not lead to a store path: \(error.message)", cause: error)
        }
    }

    /// The components of a path, the first one last, without `.` and empty ones.
    private static func reversedComponents(of path: String) -> [String] {
        components(of: path).reversed()
    }

    private static func components(of path: String) -> [String] {
        path.split(separator: "/").filter { $0 != "." }.map(String.init)
    }

    private func notInStore(_ argument: String, resolved: String) -> ClientError {
        ClientError(
            .notInStore,
            "\(argument) leads to \(resolved), which is not in the store \(store.path): give a store path, or a link to "
                + "one such as ./result.")
    }
}
