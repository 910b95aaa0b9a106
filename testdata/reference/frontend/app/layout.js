export const metadata = { title: "Chat", icons: { icon: "/icon.svg" } };

export default function RootLayout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
