namespace MiniRuntime.Engine.Images;

/// <summary>A root file system that containers start from.</summary>
/// <param name="Id"><c>sha256:</c> and 64 hexadecimal digits.</param>
/// <param name="Tags">Its names, each with a tag: <c>bb:latest</c>.</param>
/// <param name="Created">When it was imported.</param>
/// <param name="Size">What its files take, in bytes.</param>
/// <param name="RootFolder">Where its files are; <c>/</c> for the built-in image <c>host</c>.</param>
internal sealed record Image(string Id, IReadOnlyList<string> Tags, DateTimeOffset Created, long Size, string RootFolder);
