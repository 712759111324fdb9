public import ArgumentParser
public import ProgramKit

extension LogFormat: ExpressibleByArgument {}
