public import ArgumentParser
public import CacheClient

extension OIDCProvider: ExpressibleByArgument {}
