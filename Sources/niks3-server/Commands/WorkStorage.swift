import CacheCore
import CacheServer
import CacheStorage
import NarKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a command works on, wherever a server keeps it.
struct WorkStorage: Sendable {
    let metadata: any MetadataStore & CollectionStore & PinStore & FsckStore & ImportStore & ResignStore & ConsoleStore
    let objects: any ObjectStore
    /// Nil where all clocks are one.
    let clocks: ClockWatch?
    let signingKeys: [SecretKey]
    let close: @Sendable () async -> Void

    /// Opens what the settings name, which has to be there.
    /// - Parameter command: the name of the command.
    /// - Throws: what keeps it from being used, in one sentence.
    init(settings: ServerSettings, environment: [String: String], command: String) async throws {
        switch settings.storage {
        case .directory(let path):
            try await self.init(directory: path, settings: settings, command: command)
        case .shared(let configuration):
            try await self.init(shared: configuration, settings: settings, environment: environment)
        }
    }

    private init(directory path: String, settings: ServerSettings, command: String) async throws {
        guard FileManager.default.fileExists(atPath: path + "/niks3.sqlite") else {
            throw ConfigurationError("there is no cache in the directory \(path); give --data-dir, or --db")
        }
        let directory: DataDirectory
        do {
            directory = try DataDirectory(path: path)
        } catch let error as CacheError where error.code == .conflict {
            throw ConfigurationError(
                command == "gc"
                    ? "a server runs on the data directory \(path); have it collect, with niks3 gc"
                    : "a server runs on the data directory \(path); stop it, and run niks3-server \(command) again")
        }
        let storage = try await EmbeddedStorage(directory: directory, clock: StoreClock())
        metadata = storage.metadata
        objects = storage.objects
        clocks = nil
        // A key is made by a server only: whoever checks a cache changes nothing.
        let hasKey = FileManager.default.fileExists(atPath: path + "/signing-key")
        signingKeys =
            settings.signingKeys.isEmpty && settings.signProgram == nil && hasKey
            ? [try storage.signingKey(hostName: Machine.hostName)] : settings.signingKeys
        // The directory stays locked until then.
        close = { withExtendedLifetime(storage) {} }
    }

    private init(
        shared: SharedStorageConfiguration, settings: ServerSettings, environment: [String: String]
    ) async throws {
        let storage = try await SharedStorage(shared, environment: environment, readers: 1)
        metadata = storage.metadata
        objects = storage.objects
        signingKeys = settings.signingKeys
        close = { await storage.close() }
        let clocks = ClockWatch(metadata: storage.metadata, objects: storage.objects) { StoreClock.systemTime() }
        self.clocks = clocks
        // Requests are dated with the clock of the database, and end by that of the bucket.
        if let problem = await clocks.measure().problem {
            await storage.close()
            throw CacheError(.unavailable, "The clocks disagree: \(problem).")
        }
    }
}
