namespace LibNetwork.Linux;

/// <summary>One request to the kernel: a netlink message or a system call that changes or reads networking state.</summary>
/// <param name="Operation">What is asked, for example <c>create link</c>, <c>mount</c>, <c>write sysctl</c>.</param>
/// <param name="Subject">What it is asked of: an interface, table, path; may be empty.</param>
public readonly record struct KernelRequest(string Operation, string Subject);
