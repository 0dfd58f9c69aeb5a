/** Does something for each element, in order, at most `limit` at a time. */
export async function inTurns<T>(list: readonly T[], limit: number, act: (element: T) => Promise<void>): Promise<void> {
  const [only] = list;
  if (list.length === 1) return act(only as T);
  let next = 0;
  const worker = async () => {
    while (next < list.length) {
      const element = list[next++] as T;
      await act(element);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, list.length) }, worker));
}
